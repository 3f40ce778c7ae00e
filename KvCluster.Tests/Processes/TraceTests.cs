using System.Diagnostics;
using KvCluster.Tests.Diagnostics;

namespace KvCluster.Tests.Processes;

/// <summary>What a collector gets of real servers: a write is one trace through two processes, a failover is one of its own.</summary>
[Collection(ProcessRoom.Name)]
public sealed class TraceTests
{
    [Fact]
    public async Task WriteAndFailover_AreOneTraceEach()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs the signals of a Unix system.");
        await using var collector = await OtlpReceiver.StartAsync();
        await using var cluster = await TestCluster.StartAsync(0, collector.Environment);
        var status = await cluster.WaitUntilWholeAsync();
        var node = status.Topology.Nodes.Single();
        using var client = cluster.Connect();

        var caller = await TracedPutAsync(client);

        await TestCluster.PollAsync("every station of the write has reported its span", () => Task.FromResult(Of(collector, caller).Count >= 6));
        var write = Of(collector, caller);
        var (main, replica) = (node.MainServer.Name, node.ReplicaServer!.Name);
        Assert.Equal(["kvcluster.apply", "kvcluster.log.sync", "kvcluster.peer.send"], NamesAt(write, main));
        Assert.Equal(["kvcluster.apply", "kvcluster.log.sync"], NamesAt(write, replica));

        // The request's span hangs below the caller's, everything at the main below the request, everything at the replica below the sending.
        var request = Assert.Single(write, span => span.Service == main && !span.Name.StartsWith("kvcluster.", StringComparison.Ordinal));
        var sent = Assert.Single(write, span => span.Name == "kvcluster.peer.send");
        Assert.All(write.Where(span => span.Service == main && span != request), span => Assert.Equal(request.SpanId, span.ParentId));
        Assert.All(write.Where(span => span.Service == replica), span => Assert.Equal(sent.SpanId, span.ParentId));

        // The voters are being changed about now: a node that cannot hand over at this moment can at the next.
        await TestCluster.PollAsync($"{main} hands over", async () =>
        {
            using var answer = await cluster.Http.PostAsync(new Uri(node.MainServer.Http, $"/cluster/nodes/{node.Id.Value}/handover"), null, TestContext.Current.CancellationToken);
            return answer.IsSuccessStatusCode;
        });
        await TestCluster.PollAsync("the failover has reported its span, and the master its part", () => Task.FromResult(Failover(collector) is { } trace && trace.Any(span => span.Service == main)));
        var failover = Failover(collector)!;
        var root = Assert.Single(failover, span => span.Name == "kvcluster.failover");
        Assert.Equal((replica, ""), (root.Service, root.ParentId));
    }

    private static IReadOnlyList<ReceivedSpan>? Failover(OtlpReceiver collector) =>
        collector.Spans.FirstOrDefault(span => span.Name == "kvcluster.failover") is { } root ? [.. collector.Spans.Where(span => span.TraceId == root.TraceId)] : null;

    private static List<ReceivedSpan> Of(OtlpReceiver collector, ActivityTraceId trace) => [.. collector.Spans.Where(span => span.TraceId == trace.ToHexString())];

    private static IEnumerable<string> NamesAt(IEnumerable<ReceivedSpan> trace, string server) =>
        trace.Where(span => span.Service == server && span.Name.StartsWith("kvcluster.", StringComparison.Ordinal)).Select(span => span.Name).Order();

    private static async Task<ActivityTraceId> TracedPutAsync(KvCluster.Client.KvClusterClient client)
    {
        // The client knows its servers first, so that the trace holds the write alone.
        await client.GetAsync("traced", cancellationToken: TestContext.Current.CancellationToken);
        using var caller = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C);
        caller.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        caller.Start();
        await client.PutAsync("traced", "1", cancellationToken: TestContext.Current.CancellationToken);
        return caller.TraceId;
    }
}
