using KvCluster.Client.Http;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Slots;
using KvCluster.Protocol.Topology;

namespace KvCluster.Client.Topology;

/// <summary>A fixed list of nodes from configuration: no master, nothing to learn.</summary>
internal sealed class StaticTopologySource(IReadOnlyList<KvStaticNode> nodes) : ITopologySource
{
    private readonly ClusterTopology _topology = Build(nodes);

    public NodeClock Clock { get; } = new(TimeProvider.System);

    public ValueTask<ClusterTopology?> FetchAsync(RoutingTable? known, StoreServer? first, CancellationToken cancellationToken) => new(_topology);

    private static ClusterTopology Build(IReadOnlyList<KvStaticNode> nodes)
    {
        var slots = SlotRange.Split(nodes.Count);
        var infos = nodes.Select((node, place) =>
        {
            var main = Server(new ServerId((2 * place) + 1), $"node-{place + 1}-main", node.Main);
            var replica = node.Replica is null ? null : Server(new ServerId((2 * place) + 2), $"node-{place + 1}-replica", node.Replica);
            return new NodeInfo
            {
                Id = new NodeId(place + 1),
                Name = $"node-{place + 1}",
                Epoch = new Epoch(1),
                Main = main.Id,
                InSync = replica is null ? [main.Id] : [main.Id, replica.Id],
                Servers = replica is null ? [main] : [main, replica],
                Slots = [slots[place]],
            };
        });
        return new ClusterTopology { ClusterId = ClusterId.None, Version = 0, Nodes = [.. infos] };
    }

    private static ServerInfo Server(ServerId id, string name, Uri http) => new()
    {
        Id = id,
        StoreId = default,
        Incarnation = Incarnation.None,
        Name = name,
        Http = http,
        Peer = "",
    };
}
