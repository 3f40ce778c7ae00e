using KvCluster.Tests.Processes;

namespace KvCluster.Tests.Cli;

/// <summary>Package records of a distribution go in and come out again, with every server killed in between.</summary>
[Collection(ProcessRoom.Name)]
public sealed class RealTransferTests(SharedCluster shared)
{
    [Fact]
    public async Task Export_AfterImportAndKillOfEveryServer_IsTheInput()
    {
        var cluster = await shared.TakeAsync();
        var endpoints = string.Join(',', cluster.Plans.Select(server => server.Url));
        var input = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "Cli", "packages.ndjson"), TestContext.Current.CancellationToken);
        var import = await ToolRun.OfAsync(endpoints, input, "import", "--timeout", "30");
        Assert.Equal("", import.Output);
        Assert.Equal(0, import.Code);
        await AssertExportAsync(endpoints, input);

        await Task.WhenAll(cluster.Plans.Select(server => cluster.Run(server.Name).KillAsync()));
        await cluster.HealAsync();
        await AssertExportAsync(endpoints, input);
    }

    private static async Task AssertExportAsync(string endpoints, byte[] input)
    {
        var export = await ToolRun.OfAsync(endpoints, [], "export", "--prefix", "pkg/", "--timeout", "30");
        Assert.Equal(0, export.Code);
        Assert.True(input.AsSpan().SequenceEqual(export.Bytes), "The export differs from the import.");
    }
}
