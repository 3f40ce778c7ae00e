using KvCluster.Hosting.Plan;
using KvCluster.Tests.Hosting;

namespace KvCluster.Tests.Processes;

/// <summary>A folder is on the disk when its name is: without an fsync of the folder above, a power loss takes it with all that was synced inside.</summary>
[Collection(ProcessRoom.Name)]
public sealed class FolderNamesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NewFolders_AreNamedOnTheDisk_BeforeTheServerServes()
    {
        Prerequisites.RequireRoot();
        Prerequisites.RequireTool("strace");
        await using var server = new SingleServer();
        var folder = server.File("deeper");
        server.Environment[ServerEnvironment.DataDirectory] = folder;
        var trace = server.DataDirectory + ".trace";

        var run = server.Start(["strace", "-D", "-f", "-y", "-e", "trace=mkdir,mkdirat,fsync", "-o", trace]);
        await run.WaitUntilHealthyAsync(server.Url);
        Assert.Equal(0, await run.StopAsync(Cancellation));
        await TestCluster.PollAsync("the trace is complete", async () => (await File.ReadAllTextAsync(trace, Cancellation)).Contains("exited with 0", StringComparison.Ordinal));

        var calls = await File.ReadAllLinesAsync(trace, Cancellation);
        foreach (var made in new[] { server.DataDirectory, folder, Path.Combine(folder, "store") })
        {
            var place = Array.FindIndex(calls, call => call.Contains("mkdir", StringComparison.Ordinal) && call.Contains($"\"{made}\"", StringComparison.Ordinal));
            Assert.True(place >= 0, $"{made} was not made.\n{string.Join('\n', calls)}");
            Assert.True(
                calls[place..].Any(call => call.Contains("fsync(", StringComparison.Ordinal) && call.Contains($"<{Path.GetDirectoryName(made)}>", StringComparison.Ordinal)),
                $"The name of {made} was not written through.\n{string.Join('\n', calls)}");
        }
    }
}
