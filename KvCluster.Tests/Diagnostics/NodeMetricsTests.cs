using System.Diagnostics;
using KvCluster.Core.Commands;
using KvCluster.Core.Replication;
using KvCluster.Node.Diagnostics;
using KvCluster.Node.Replication;
using KvCluster.Node.Store;
using KvCluster.Protocol.Identity;

namespace KvCluster.Tests.Diagnostics;

/// <summary>What the instruments of <c>KvCluster.Node</c> say, read as any collector reads them.</summary>
public sealed class NodeMetricsTests : IDisposable
{
    private readonly MeterReader _reader = new();
    private readonly FakeNodeSource _source = new();
    private readonly NodeMetrics _metrics;
    private readonly ClusterGauges _cluster;

    public NodeMetricsTests()
    {
        var meter = new NodeMeter(_reader);
        (_metrics, _cluster) = (new NodeMetrics(meter), new ClusterGauges(meter));
        _ = new NodeGauges(meter, _source);
    }

    public void Dispose() => _reader.Dispose();

    [Fact]
    public void Collect_BeforeAnythingHappened_OnlyThoseAreSilentThatThePageNames_AndTheCountersBesideThemSayZero()
    {
        var read = _reader.Collect();
        var silent = _reader.Instruments.Keys.Where(name => !read.Keys.Any(series => series.StartsWith(name + "{", StringComparison.Ordinal)));
        var listed = OperationsPage.Table("Instruments that are silent at first").Where(row => row[0].StartsWith("kvcluster.", StringComparison.Ordinal)).ToArray();
        Assert.Equal(listed.Select(row => row[0]).Order(), silent.Order());
        var histograms = _reader.Instruments.Values.Where(instrument => !instrument.IsObservable).Select(instrument => instrument.Name);
        Assert.All(histograms, histogram =>
        {
            var counter = Assert.Single(listed, row => row[0] == histogram)[2];
            var beside = read.Where(series => series.Key.StartsWith(counter + "{", StringComparison.Ordinal)).ToArray();
            Assert.NotEmpty(beside);
            Assert.All(beside, series => Assert.Equal(0, series.Value));
        });
        Assert.Equal(0, read["kvcluster.failovers{kvcluster.failover.reason=operator}"]);
        Assert.Equal(0, read["kvcluster.failovers{kvcluster.failover.reason=silence}"]);
        Assert.Equal(0, read["kvcluster.failovers{kvcluster.failover.reason=hand_over}"]);
        Assert.Equal(0, read["kvcluster.writes{kvcluster.write.copies=1}"]);
        Assert.Equal(1, read["kvcluster.server.state{kvcluster.server.state=starting}"]);
        Assert.Equal(0, read["kvcluster.server.state{kvcluster.server.state=main}"]);
    }

    [Fact]
    public void Instruments_HaveNamesAndUnitsByTheConventions()
    {
        Assert.All(_reader.Instruments.Values, instrument =>
        {
            Assert.Equal("KvCluster.Node", instrument.Meter.Name);
            Assert.Matches(@"^kvcluster(\.[a-z]+(_[a-z]+)*)+$", instrument.Name);
            Assert.Matches(@"^(s|By|1|\{[a-z]+\})$", instrument.Unit);
            Assert.EndsWith(".", instrument.Description, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Write_IsMeasuredOnceItsResultIsTaken()
    {
        var waiting = new WaitingRequests(_metrics.Operations);
        var (token, task) = waiting.Add("put");
        Assert.NotNull(waiting.AgeOf([0, token]));
        waiting.Complete(token, new WriteResult(Refusal.None, new Outcome(OutcomeCode.Created), 2));
        await task;
        await CompleteAsync(waiting, "put", new WriteResult(Refusal.None, new Outcome(OutcomeCode.PreconditionFailed), 2));
        await CompleteAsync(waiting, "delete", new WriteResult(Refusal.None, new Outcome(OutcomeCode.Absent), 1));
        await CompleteAsync(waiting, "delete", WriteResult.Refused(Refusal.Unknown));
        await CompleteAsync(waiting, "patch", WriteResult.Refused(Refusal.Overloaded));

        // A read confirmation or a hand-over is no write.
        await CompleteAsync(waiting, "", new WriteResult(Refusal.None, new Outcome(OutcomeCode.Updated), 2));

        var read = _reader.Collect();
        Assert.Equal(1, read[Duration("put", "ok")]);
        Assert.Equal(1, read[Duration("put", "rejected")]);
        Assert.Equal(1, read[Duration("delete", "ok")]);
        Assert.Equal(1, read[Duration("delete", "unknown")]);
        Assert.Equal(1, read[Duration("patch", "refused")]);
        Assert.Equal(5, read.Where(series => series.Key.StartsWith("kvcluster.operation.duration{", StringComparison.Ordinal)).Sum(series => series.Value));
        Assert.Equal(1, read["kvcluster.writes{kvcluster.write.copies=2}"]);
        Assert.Equal(0, read["kvcluster.writes{kvcluster.write.copies=1}"]);
    }

    [Fact]
    public void CounterBesideAHistogram_CountsTheSameEvents()
    {
        _metrics.Replication.Synced(1_000);
        _metrics.Replication.Committed(TimeSpan.FromMilliseconds(2));
        _metrics.Failovers.TookOver(FailoverReason.Operator, TimeSpan.FromSeconds(1));
        _metrics.Operations.End("get", OperationOutcome.Refused, _metrics.Operations.Begin());

        var read = _reader.Collect();

        Assert.Equal((1, 1), (read["kvcluster.log.fsyncs{}"], read["kvcluster.log.fsync.duration{}"]));
        Assert.Equal((1, 1), (read["kvcluster.commits{}"], read["kvcluster.commit.duration{}"]));
        Assert.Equal((1, 1), (read["kvcluster.failovers{kvcluster.failover.reason=operator}"], read["kvcluster.failover.duration{kvcluster.failover.reason=operator}"]));
        Assert.Equal((1, 1), (read["kvcluster.operations{kvcluster.operation.outcome=refused}"], read[Duration("get", "refused")]));
    }

    [Fact]
    public void Gauges_ShowTheSource()
    {
        (_source.State, _source.IsDegraded, _source.LagEntries, _source.LagSeconds) = ("main", true, 7, null);
        (_source.InSync, _source.Keys, _source.TopologyVersion) = (1, 12, 3);

        var read = _reader.Collect();

        Assert.Equal(1, read["kvcluster.server.state{kvcluster.server.state=main}"]);
        Assert.Equal(0, read["kvcluster.server.state{kvcluster.server.state=starting}"]);
        Assert.Equal(1, read["kvcluster.server.degraded{}"]);
        Assert.Equal(7, read["kvcluster.replication.lag{}"]);
        Assert.DoesNotContain("kvcluster.replication.delay{}", read.Keys);
        Assert.Equal((1, 12, 3), (read["kvcluster.node.in_sync{}"], read["kvcluster.keys{}"], read["kvcluster.topology.version{}"]));
    }

    [Fact]
    public void ClusterGauges_ShowWhatTheMasterSaw_AndNothingElsewhere()
    {
        Assert.True(_cluster.IsObserved);
        _cluster.Show(new ClusterReading(16_000, 384, new Dictionary<string, int> { ["main"] = 2, ["unreachable"] = 1 }, [new("a", 2, 0), new("b", 0, 9)]));
        var read = _reader.Collect();
        Assert.Equal(384, read["kvcluster.cluster.slots{kvcluster.slot.state=unserved}"]);
        Assert.Equal(2, read["kvcluster.cluster.servers{kvcluster.server.state=main}"]);
        Assert.Equal(1, read["kvcluster.cluster.servers{kvcluster.server.state=unreachable}"]);
        Assert.Equal(0, read["kvcluster.cluster.servers{kvcluster.server.state=failed}"]);
        Assert.Equal(2, read["kvcluster.cluster.node.copies{kvcluster.node.name=a}"]);
        Assert.Equal(9, read["kvcluster.cluster.node.lag{kvcluster.node.name=b}"]);

        _cluster.Show(null);
        Assert.DoesNotContain(_reader.Collect().Keys, series => series.StartsWith("kvcluster.cluster.", StringComparison.Ordinal));
    }

    [Fact]
    public void Operations_NobodyListens_NothingIsMeasured_ButAllIsCounted()
    {
        using var provider = new SilentMeters();
        var operations = new OperationMetrics(new NodeMeter(provider));
        Assert.Equal(0, operations.Begin());
        operations.End("get", OperationOutcome.Ok, 0);
        Assert.Equal(1, provider.Read("kvcluster.operations"));
    }

    [Fact]
    public void Operations_Record_AllocatesNothing()
    {
        _metrics.Operations.End("get", OperationOutcome.Ok, _metrics.Operations.Begin());
        using var silent = new SilentMeters();
        var operations = new OperationMetrics(new NodeMeter(silent));
        using var listener = silent.ListenTo("kvcluster.operation.duration");
        Assert.NotEqual(0, operations.Begin());
        operations.End("get", OperationOutcome.Ok, Stopwatch.GetTimestamp());

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) operations.End("get", OperationOutcome.Ok, operations.Begin());
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void LagClock_TellsTheAgeOfTheOldestEntryThatIsMissingThere()
    {
        var clock = new LagClock();
        Assert.Equal(0, clock.Observe(new LogIndex(5), new LogIndex(5), 100));
        Assert.Equal(0, clock.Observe(new LogIndex(8), new LogIndex(5), 200));
        Assert.Equal(300, clock.Observe(new LogIndex(9), new LogIndex(5), 500));
        Assert.Equal(100, clock.Observe(new LogIndex(9), new LogIndex(8), 600));
        Assert.Equal(0, clock.Observe(new LogIndex(9), new LogIndex(9), 700));
        Assert.Equal(0, clock.Observe(new LogIndex(9), null, 800));
    }

    private static string Duration(string name, string outcome) => $"kvcluster.operation.duration{{kvcluster.operation.name={name},kvcluster.operation.outcome={outcome}}}";

    private static async Task CompleteAsync(WaitingRequests waiting, string operation, WriteResult result)
    {
        var (token, task) = waiting.Add(operation);
        waiting.Complete(token, result);
        await task;
    }
}
