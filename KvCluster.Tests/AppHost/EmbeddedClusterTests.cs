using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using KvCluster.AppHost.Embedded;
using KvCluster.Hosting.Machine;
using KvCluster.Hosting.Plan;
using Xunit;

namespace KvCluster.Tests.AppHost;

/// <summary>The orchestrator with processes that only wait for their end, and a cluster that is made up.</summary>
public sealed class EmbeddedClusterTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly RecordingReporter _reporter = new();
    private readonly CancellationTokenSource _stop = new();
    private RememberedPorts _ports = null!;
    private ClusterPlan _plan = null!;
    private FakeCluster _cluster = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string StateFile => _folder.File("state.json");

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs the programs of a Unix system.");
        _ports = RememberedPorts.Open(_folder.Path, TimeProvider.System);
        _plan = ClusterPlanBuilder.Build(new ClusterPlanOptions { Slaves = 1 }, _folder.Path, _ports);
        _cluster = await FakeCluster.StartAsync(_plan, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        _ports?.Dispose();
        _stop.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task StateFile_AppearsWhenAllSlotsAreServed_AndGoesWhenTheClusterStops()
    {
        File.WriteAllText(StateFile, "left by a run that was killed");
        var run = Run("cat");
        await _reporter.WaitForAsync("started", Cancellation);
        Assert.False(File.Exists(StateFile));

        _cluster.Status = _cluster.Status! with { AllSlotsServed = true };
        var up = await _reporter.WaitForAsync("up", Cancellation);

        Assert.Equal(["kv-master", "kv-master-replica", "kv-slave-1", "kv-slave-1-replica"], Texts("name"));
        Assert.Equal(["kv-master", "kv-master", "kv-slave-1", "kv-slave-1"], Texts("node"));
        Assert.Equal(["main", "replica", "main", "replica"], Texts("role"));
        Assert.Equal(["Main", "Replica", "Main", "Replica"], Texts("state"));
        Assert.Equal(_plan.Servers.Select(server => $"http://127.0.0.1:{server.Ports.Http}"), Texts("url"));
        Assert.Equal(_plan.Servers.Select(server => server.DataDirectory), Texts("dataDirectory"));
        Assert.Equal([true, false, false, false], ReadServers().Select(server => (bool)server["master"]!));
        Assert.Equal(up.View!.Servers.Select(server => server.ProcessId), ReadServers().Select(server => (int?)server["pid"]));

        await StopAsync(run);
        Assert.False(File.Exists(StateFile));
    }

    [Fact]
    public async Task ClusterThatDoesNotComeUp_IsReportedAsLate()
    {
        var run = Run(new SteppingTime(TimeSpan.FromSeconds(20)), "cat");

        var late = await _reporter.WaitForAsync("late", Cancellation);

        Assert.False(late.View!.AllSlotsServed);
        await StopAsync(run);
    }

    [Fact]
    public async Task StateFile_FollowsAFailover()
    {
        var run = await RunUntilUpAsync("cat");

        _cluster.Status = FakeCluster.FailedOver(_cluster.Status!, "kv-slave-1");
        await _reporter.WaitForAsync("changed", Cancellation);

        Assert.Equal(["main", "replica", "replica", "main"], Texts("role"));
        await StopAsync(run);
    }

    [Fact]
    public async Task StateFile_ClusterFallsSilent_KeepsTheRolesAndSaysThatNobodyAnswers()
    {
        var run = await RunUntilUpAsync("cat");

        _cluster.Status = null;
        await _reporter.WaitForAsync("changed", Cancellation);

        Assert.All(Texts("state"), state => Assert.Equal("Unreachable", state));
        Assert.Equal(["main", "replica", "main", "replica"], Texts("role"));
        Assert.False((bool)JsonNode.Parse(File.ReadAllText(StateFile))!["allSlotsServed"]!);
        await StopAsync(run);
    }

    [Fact]
    public async Task KilledServer_IsReportedAndStartedAgain_AndTheStateFileHasItsNewProcess()
    {
        var run = await RunUntilUpAsync("cat");
        var before = ReadServers().Single(server => (string?)server["name"] == "kv-slave-1")["pid"]!.GetValue<int>();

        using (var process = Process.GetProcessById(before))
            process.Kill();

        var exited = await _reporter.WaitForAsync("exited", Cancellation);
        Assert.Equal(("kv-slave-1", 137), (exited.Server, exited.Number));
        await _reporter.WaitForAsync(next => next.View?.Servers[2].State == ClusterView.Exited, Cancellation);
        var started = await _reporter.WaitForAsync("started", Cancellation);
        await _reporter.WaitForAsync(next => next.View?.Servers[2].ProcessId == started.Number, Cancellation);
        Assert.NotEqual(before, started.Number);
        Assert.Equal(started.Number, (int?)ReadServers()[2]["pid"]);
        await StopAsync(run);
    }

    [Fact]
    public async Task Output_OfEachServer_IsReportedUnderItsName()
    {
        var run = Run("sh", "-c", "echo I am $KvNode__Name; echo trouble >&2; exec cat");

        var lines = new HashSet<(string?, string?)>();
        while (lines.Count < 8)
        {
            var line = await _reporter.WaitForAsync("line", Cancellation);
            lines.Add((line.Server, line.Text));
        }

        Assert.All(_plan.Servers, server => Assert.Contains((server.Name, $"I am {server.Name}"), lines));
        Assert.All(_plan.Servers, server => Assert.Contains((server.Name, "trouble"), lines));
        await StopAsync(run);
    }

    [Fact]
    public async Task Stop_ServerThatWillNot_IsKilledWithinSixSeconds()
    {
        var run = Run("sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done");
        for (var ready = 0; ready < 4; ready++)
            await _reporter.WaitForAsync("line", Cancellation);

        var clock = Stopwatch.StartNew();
        await StopAsync(run);

        await _reporter.WaitForAsync("killed", Cancellation);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(6));
    }

    [Fact]
    public async Task ProgramThatCannotStart_IsReported()
    {
        var run = Run(_folder.File("no-such-program"));

        var failed = await _reporter.WaitForAsync("start failed", Cancellation);

        Assert.Contains("no-such-program", failed.Text, StringComparison.Ordinal);
        await StopAsync(run);
    }

    private Task Run(string program, params string[] arguments) => Run(TimeProvider.System, program, arguments);

    private Task Run(TimeProvider time, string program, params string[] arguments)
    {
        var command = new ServerCommand(program, [.. arguments]);
        return new EmbeddedCluster(_plan, command, StateFile, _reporter, time).RunAsync(_stop.Token, CancellationToken.None);
    }

    private async Task<Task> RunUntilUpAsync(string program)
    {
        _cluster.Status = _cluster.Status! with { AllSlotsServed = true };
        var run = Run(program);
        await _reporter.WaitForAsync("up", Cancellation);
        return run;
    }

    private async Task StopAsync(Task run)
    {
        await _stop.CancelAsync();
        await run.WaitAsync(Cancellation);
    }

    /// <summary>One property of every server in the state file.</summary>
    private IEnumerable<string?> Texts(string property) => ReadServers().Select(server => (string?)server[property]);

    private List<JsonNode> ReadServers() =>
        [.. JsonSerializer.Deserialize<JsonObject>(File.ReadAllText(StateFile))!["servers"]!.AsArray().Select(server => server!)];
}
