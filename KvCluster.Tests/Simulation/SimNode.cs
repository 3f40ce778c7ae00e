using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Simulation;

/// <summary>The servers of one node, and what must hold among them.</summary>
internal sealed class SimNode(SimWorld world, string name)
{
    public string Name => name;
    public List<SimServer> Servers { get; } = [];
    public NodeOracle Oracle => field ??= new NodeOracle(world, this);

    /// <summary>What the register says, whoever may have heard of it.</summary>
    public NodeInfo? Truth
    {
        get
        {
            foreach (var node in world.Master.Topology.Nodes)
                if (node.Name == name) return node;
            return null;
        }
    }

    public SimServer? Find(ServerId id)
    {
        if (world.Master.Topology.FindServer(id) is not { } info) return null;
        foreach (var server in Servers)
            if (server.Disk.Store == info.StoreId) return server;
        return null;
    }

    /// <summary>One of the disks is an old state of its very last run, and nobody has compared the logs yet: what goes wrong now may lose data.</summary>
    public bool HasOldDiskUnseen => Servers.Exists(server => server is { IsOutdated: true, IsOutdatedByLastRun: true });

    public SimServer? Main => Truth is { } truth ? Find(truth.Main) : null;

    public SimServer OtherThan(SimServer server) => Servers[0] == server ? Servers[^1] : Servers[0];
}
