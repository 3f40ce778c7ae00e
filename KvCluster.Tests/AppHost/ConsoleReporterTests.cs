using System.Collections.Immutable;
using KvCluster.AppHost.Embedded;
using KvCluster.Hosting.Plan;
using Xunit;

namespace KvCluster.Tests.AppHost;

public sealed class ConsoleReporterTests : IDisposable
{
    private static readonly ClusterPlan Plan =
        ClusterPlanBuilder.Build(new ClusterPlanOptions { Slaves = 0 }, "/data", new SequentialPorts(7000));
    private readonly StringWriter _output = new() { NewLine = "\n" };

    public void Dispose() => _output.Dispose();

    [Fact]
    public void OnClusterUp_PrintsWhoIsWhereAndWhatToTry()
    {
        Reporter().OnClusterUp(View());

        var text = _output.ToString().ReplaceLineEndings("\n");
        Assert.StartsWith(
            """

            SERVER             NODE       ROLE          URL                    STATE
            kv-master          kv-master  main, master  http://127.0.0.1:7000  Main
            kv-master-replica  kv-master  replica       http://127.0.0.1:7010  Replica
            kv-witness         -          witness       http://127.0.0.1:7020  Witness

            The cluster is up. Its data is in /data.
            """.ReplaceLineEndings("\n"),
            text,
            StringComparison.Ordinal);
        Assert.Contains("export KV_ENDPOINTS=http://127.0.0.1:7000", text, StringComparison.Ordinal);
    }

    [Fact]
    public void OnClusterChanged_TellsEveryChangeOnce()
    {
        var before = View();
        var after = before with
        {
            AllSlotsServed = false,
            Servers =
            [
                before.Servers[0] with { State = ClusterView.Exited, Role = ServerRole.Replica, IsMaster = false, ProcessId = null },
                before.Servers[1] with { State = "Main", Role = ServerRole.Main, IsMaster = true },
                before.Servers[2],
            ],
        };

        Reporter().OnClusterChanged(before, after);

        Assert.Equal(
            [
                "apphost           | kv-master is now replica of kv-master",
                "apphost           | kv-master Main -> Exited",
                "apphost           | kv-master-replica is now main of kv-master",
                "apphost           | kv-master-replica is now the master",
                "apphost           | kv-master-replica Replica -> Main",
                "apphost           | not all slots are served",
            ],
            _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static ClusterView View()
    {
        var processes = Plan.Servers.ToImmutableDictionary(server => server.Name, server => server.Ports.Http);
        return ClusterView.Compose(Plan, processes, FakeCluster.StatusOf(Plan) with { AllSlotsServed = true }, answered: true);
    }

    private ConsoleReporter Reporter(Uri? page = null) => new(Plan, _output, isColoured: false, page);
}
