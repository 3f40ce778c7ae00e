using System.Diagnostics;
using System.Globalization;
using KvCluster.Hosting.Plan;
using KvCluster.Tests.AppHost;
using KvCluster.Tests.Hosting;
using KvCluster.Tests.Processes;

namespace KvCluster.Tests.Resp;

/// <summary>Redis' own programs against real servers.</summary>
[Collection(ProcessRoom.Name)]
public sealed class RedisToolTests(SharedCluster shared)
{
    private const int NotToBeHad = 77;

    [Fact]
    public async Task RedisCli_FollowsTheClusterFromAnyServer()
    {
        Prerequisites.RequireTool("redis-cli");
        var cluster = await shared.TakeAsync();
        foreach (var port in cluster.Plans.Where(plan => plan.Node is not null).Select(plan => Text(plan.Ports.Resp)))
        {
            Assert.Equal("OK", (await RunAsync("redis-cli", "-c", "-p", port, "set", $"cli:{port}", "x")).Output.Trim());
            Assert.Equal("x", (await RunAsync("redis-cli", "-3", "-c", "-p", port, "get", $"cli:{port}")).Output.Trim());
            Assert.Contains("cluster_state:ok", (await RunAsync("redis-cli", "-p", port, "cluster", "info")).Output, StringComparison.Ordinal);
        }

        var check = await RunAsync("redis-cli", "--cluster", "check", $"127.0.0.1:{cluster.Plans.First().Ports.Resp.ToString(CultureInfo.InvariantCulture)}");
        Assert.Contains("All 16384 slots covered", check.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RedisBenchmark_KnowsTheCluster()
    {
        Prerequisites.RequireTool("redis-benchmark");
        var cluster = await shared.TakeAsync();
        var port = Text(cluster.Plans.First().Ports.Resp);
        var run = await RunAsync("redis-benchmark", "--cluster", "-p", port, "-t", "set,get,incr", "-n", "2000", "-c", "10", "-P", "4", "-r", "1000", "-q");
        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain("rror", run.Output, StringComparison.Ordinal);
        foreach (var name in new[] { "SET:", "GET:", "INCR:" }) Assert.Contains(name, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RedisOwnSuite_HasNoUnexpectedFailure()
    {
        foreach (var tool in new[] { "tclsh", "apt-get", "redis-server", "redis-cli", "redis-benchmark" }) Prerequisites.RequireTool(tool);
        await using var server = new SingleServer();
        using var folder = new TemporaryFolder();
        server.Environment[ServerEnvironment.RespPort] = Text(server.Ports.Resp);
        var run = server.Start();
        await run.WaitUntilHealthyAsync(new Uri($"http://{ClusterPlan.Host}:{server.Ports.Http}"));
        var script = Path.Combine(AppContext.BaseDirectory, "Resp", "redis-suite.sh");
        var suite = await RunAsync(
            "sh", script, folder.Path, ClusterPlan.Host, Text(server.Ports.Resp),
            "type/string", "type/incr", "type/hash", "keyspace", "expire", "scan", "protocol", "multi", "quit");
        if (suite.ExitCode == NotToBeHad) Prerequisites.Missing($"Needs Redis' source package: {suite.Output}");
        Assert.True(suite.ExitCode == 0, suite.Output);
        var passed = int.Parse(suite.Output.Split(' ', ',')[1], CultureInfo.InvariantCulture);
        Assert.True(passed >= 260, suite.Output);
    }

    [Fact]
    public async Task RedisOwnSuite_LeavesNothingOutWithoutAReason()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var folder = Path.Combine(AppContext.BaseDirectory, "Resp");
        var hasReason = false;
        foreach (var line in (await File.ReadAllLinesAsync(Path.Combine(folder, "redis-suite.skip"), cancellation)).SkipWhile(line => line.Length > 0))
        {
            if (line.Length == 0) hasReason = false;
            else if (line.StartsWith("# ", StringComparison.Ordinal)) hasReason = line.Length > 20;
            else Assert.True(hasReason, $"No reason for '{line}'.");
            if (line.StartsWith('/')) Assert.Matches("^/\\^.*\\$$", line);
        }

        // Whatever the suite is told on its command line besides comes from the list.
        var script = await File.ReadAllTextAsync(Path.Combine(folder, "redis-suite.sh"), cancellation);
        Assert.DoesNotContain("--tags -needs", script, StringComparison.Ordinal);
        Assert.Contains("./runtest --host \"$host\" --port \"$port\" --clients 1 $options --skipfile skip.txt $units", script, StringComparison.Ordinal);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var cancellation = TestContext.Current.CancellationToken;
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, await output + await errors);
    }
}
