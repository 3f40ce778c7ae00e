using KvCluster.Tests.Hosting;

namespace KvCluster.Tests.Processes;

/// <summary>What a server wrote before it was killed may be on no disk yet. What the next run reads back counts as synced, so it is synced first.</summary>
[Collection(ProcessRoom.Name)]
public sealed class ReadBackLogTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LogThatIsReadBack_IsSynced_BeforeAnythingIsWrittenBehindIt()
    {
        Prerequisites.RequireRoot();
        Prerequisites.RequireTool("strace");
        await using var server = new SingleServer();
        await server.CreateClusterAsync();
        var trace = server.DataDirectory + ".trace";

        var run = server.Start(["strace", "-D", "-f", "-y", "-e", "trace=pwrite64,fdatasync", "-o", trace]);
        await run.WaitUntilHealthyAsync(server.Url);
        Assert.Equal(0, await run.StopAsync(Cancellation));
        await TestCluster.PollAsync("the trace is complete", async () => (await File.ReadAllTextAsync(trace, Cancellation)).Contains("exited with 0", StringComparison.Ordinal));

        var calls = (await File.ReadAllLinesAsync(trace, Cancellation)).Where(call => call.Contains(".segment>", StringComparison.Ordinal)).ToArray();
        Assert.Contains("fdatasync(", calls[0], StringComparison.Ordinal);
        Assert.Contains(calls, call => call.Contains("pwrite64(", StringComparison.Ordinal));
    }
}
