using KvCluster.Protocol.Slots;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Control;

/// <summary>What holds of every topology, and of every step from one to the next.</summary>
internal static class TopologyShape
{
    public static void AssertSound(ClusterTopology topology)
    {
        var servers = topology.Servers.ToArray();
        Assert.Equal(servers.Length, servers.Select(server => server.Name).Distinct().Count());
        Assert.Equal(servers.Length, servers.Select(server => server.StoreId).Distinct().Count());
        Assert.Equal(servers.Length, servers.Select(server => server.Id).Distinct().Count());
        Assert.Equal(servers.Length, servers.Select(server => server.Incarnation).Distinct().Count());
        Assert.Equal(topology.Nodes.Length, topology.Nodes.Select(node => node.Name).Distinct().Count());
        foreach (var node in topology.Nodes) AssertSound(node);
        AssertSlots(topology);
    }

    /// <summary>Numbers grow; a main of the next configuration was in the in-sync set of the one before.</summary>
    public static void AssertStep(ClusterTopology before, ClusterTopology after)
    {
        Assert.Equal(before.Version + 1, after.Version);
        Assert.True(after.NextServerId >= before.NextServerId && after.NextNodeId >= before.NextNodeId && after.NextIncarnation >= before.NextIncarnation);
        foreach (var old in before.Nodes)
        {
            if (after.Find(old.Id) is not { } node) continue;
            Assert.True(node.Epoch >= old.Epoch, $"{node.Name} went from epoch {old.Epoch} back to {node.Epoch}.");
            Assert.Contains(node.Main, old.InSync);
            if (node.Main != old.Main || !node.InSync.SequenceEqual(old.InSync)) Assert.True(node.Epoch > old.Epoch, $"{node.Name} changed within epoch {node.Epoch}.");
        }
    }

    private static void AssertSound(NodeInfo node)
    {
        Assert.InRange(node.Servers.Length, 1, 2);
        Assert.Contains(node.Main, node.InSync);
        Assert.Equal(node.InSync.Length, node.InSync.Distinct().Count());
        Assert.All(node.InSync, member => Assert.NotNull(node.Find(member)));
    }

    private static void AssertSlots(ClusterTopology topology)
    {
        var owners = new int[Slot.Count];
        foreach (var range in topology.Nodes.SelectMany(node => node.Slots))
            for (var slot = range.First; slot <= range.Last; slot++)
                owners[slot]++;
        Assert.All(owners.Distinct(), count => Assert.InRange(count, 0, 1));
        Assert.Single(owners.Distinct());
    }
}
