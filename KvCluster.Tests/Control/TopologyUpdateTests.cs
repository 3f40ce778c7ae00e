using System.Text.Json;
using CsCheck;
using KvCluster.Core.Master;
using KvCluster.Core.Register;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Control;

public sealed class TopologyUpdateTests
{
    [Fact]
    public void ApplyTo_TheVersionItStartsFrom_GivesTheWholeDocument()
    {
        var before = Registrations.Pair();
        var after = before.Granted(Registrations.Of(3, "b"));

        AssertSame(after, TopologyUpdate.Between(new ServerId(1), before, after).ApplyTo(before));
    }

    [Fact]
    public void ApplyTo_AnOlderVersion_NoticesTheGap()
    {
        var old = Registrations.Bootstrap();
        var before = old.Granted(Registrations.Of(2, "a"));
        var after = before.Granted(Registrations.Of(3, "b"));

        Assert.Null(TopologyUpdate.Between(new ServerId(1), before, after).ApplyTo(old));
        AssertSame(after, TopologyUpdate.Between(new ServerId(1), old, after).ApplyTo(old));
    }

    [Fact]
    public void ApplyTo_AnotherClusterOrLineage_IsRefused()
    {
        var before = Registrations.Pair();
        var update = TopologyUpdate.Between(new ServerId(1), before, before.Granted(Registrations.Of(3, "b")));

        Assert.Null(update.ApplyTo(before with { ClusterId = new ClusterId(Guid.NewGuid()) }));
        Assert.Null(update.ApplyTo(before with { Lineage = 1 }));
    }

    [Fact]
    public void ApplyTo_UpdatesLostAndRepeated_TheReceiverFollowsOrPulls()
    {
        // A receiver hears any of the updates, in any order and often; where it has a gap it takes the whole document, as a server does.
        var history = History();
        Gen.Select(Gen.Int[0, history.Count - 2], Gen.Int[1, 3]).Array[1, 40].Sample(heard =>
        {
            var receiver = history[0];
            foreach (var (from, span) in heard)
            {
                var to = history[Math.Min(from + span, history.Count - 1)];
                if (receiver.Version >= to.Version) continue;
                receiver = TopologyUpdate.Between(new ServerId(1), history[from], to).ApplyTo(receiver) ?? to;
                AssertSame(history[(int)receiver.Version - 1], receiver);
            }
        }, iter: 300);
    }

    private static List<ClusterTopology> History()
    {
        var history = new List<ClusterTopology> { Registrations.Bootstrap(initialNodes: 3) };
        for (var number = 2; number <= 6; number++) history.Add(history[^1].Granted(Registrations.Of(number, $"n{number / 2}")));
        var main = history[^1].Nodes[0].Main;
        history.Add(history[^1].Granted(Registrations.Of(1, "a")));
        history.Add(ClusterChanges.SetWriteMode(history[^1], WriteMode.Strict).Next!.Stamp(history[^1], Guid.NewGuid()));
        Assert.Equal(main, history[^1].Nodes[0].Main);
        return history;
    }

    private static void AssertSame(ClusterTopology expected, ClusterTopology? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(Text(expected), Text(actual));
    }

    private static string Text(ClusterTopology topology) => JsonSerializer.Serialize(topology, KvJson.Default.ClusterTopology);
}
