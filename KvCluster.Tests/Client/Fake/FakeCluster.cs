using System.Collections.Immutable;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Slots;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Client.Fake;

/// <summary>A cluster that speaks the HTTP contract in this process: nodes of a main and a replica, a topology, and faults on demand.</summary>
internal sealed class FakeCluster : IAsyncDisposable
{
    private readonly List<FakeServer> _servers = [];

    public ImmutableArray<FakeNode> Nodes { get; private set; } = [];
    public ClusterTopology Topology { get; set; } = null!;

    /// <summary>What a server shows as its topology version, when that differs from the truth.</summary>
    public Func<FakeServer, long?>? VersionShown { get; set; }

    public static async Task<FakeCluster> StartAsync(int nodes)
    {
        var cluster = new FakeCluster();
        var slots = SlotRange.Split(nodes);
        var infos = new List<NodeInfo>();
        for (var i = 0; i < nodes; i++)
        {
            var node = new FakeNode(new NodeId(i + 1));
            cluster.Nodes = cluster.Nodes.Add(node);
            var main = await cluster.AddServerAsync((2 * i) + 1, node);
            var replica = await cluster.AddServerAsync((2 * i) + 2, node);
            infos.Add(new NodeInfo
            {
                Id = node.Id,
                Name = $"fake-{i + 1}",
                Epoch = new Epoch(1),
                Main = main.Id,
                InSync = [main.Id, replica.Id],
                Servers = [Info(main), Info(replica)],
                Slots = [slots[i]],
            });
        }

        cluster.Topology = new ClusterTopology
        {
            ClusterId = new ClusterId(Guid.NewGuid()),
            Version = 10,
            Master = infos[0].Main,
            Nodes = [.. infos],
        };
        return cluster;
    }

    public FakeServer Server(int id) => _servers.Single(server => server.Id.Value == id);
    public FakeServer MainOf(KvCluster.Client.KvKey key) => Server(Topology.OwnerOf(key.Slot)!.Main.Value);
    public FakeServer ReplicaOf(KvCluster.Client.KvKey key) => Server(Topology.OwnerOf(key.Slot)!.ReplicaServer!.Id.Value);
    public FakeNode NodeOf(KvCluster.Client.KvKey key) => MainOf(key).Node;

    /// <summary>The node's other server becomes main.</summary>
    public void Promote(FakeNode node)
    {
        var info = Topology.Find(node.Id)!;
        var changed = info with { Main = info.ReplicaServer!.Id, Epoch = info.Epoch.Next, InSync = [info.ReplicaServer.Id] };
        Topology = Topology.With(changed) with { Version = Topology.Version + 1 };
    }

    /// <summary>The first two nodes exchange their slots.</summary>
    public void SwapSlots()
    {
        var (first, second) = (Topology.Nodes[0], Topology.Nodes[1]);
        Topology = Topology.With(first with { Slots = second.Slots }).With(second with { Slots = first.Slots }) with { Version = Topology.Version + 1 };
    }

    public long VersionShownBy(FakeServer server) => VersionShown?.Invoke(server) ?? Topology.Version;

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers) await server.DisposeAsync();
    }

    private static ServerInfo Info(FakeServer server) => new()
    {
        Id = server.Id,
        StoreId = new StoreId(Guid.NewGuid()),
        Incarnation = new Incarnation(1),
        Name = $"server-{server.Id}",
        Http = server.Address,
        Peer = "127.0.0.1:1",
    };

    private async Task<FakeServer> AddServerAsync(int id, FakeNode node)
    {
        var server = await FakeServer.StartAsync(this, new ServerId(id), node);
        _servers.Add(server);
        return server;
    }
}
