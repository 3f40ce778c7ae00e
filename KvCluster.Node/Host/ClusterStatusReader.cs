using KvCluster.Node.Control;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Host;

/// <summary>Asks every server of the topology how it is, all at once; who does not answer is unreachable.</summary>
internal sealed class ClusterStatusReader(StatusReporter reporter, TopologyHolder holder, ControlHttp http)
{
    public async Task<ClusterStatus> ReadAsync(ClusterTopology topology, CancellationToken cancellation)
    {
        var servers = await Task.WhenAll(topology.Servers.Select(server => StatusOfAsync(server, topology, cancellation)));
        return new ClusterStatus(topology, AllServed(topology, servers), [.. servers]);
    }

    /// <summary>The node's main serves all its slots.</summary>
    public static bool IsServed(NodeInfo node, IEnumerable<ServerStatus> servers) =>
        servers.Any(server => server.Server == node.Main && server.State == ServerState.Main && server.Slots.Sum(range => range.Length) == node.Slots.Sum(range => range.Length));

    private async Task<ServerStatus> StatusOfAsync(ServerInfo server, ClusterTopology topology, CancellationToken cancellation)
    {
        if (server.Id == holder.Self) return reporter.Report();
        var answer = await http.GetStatusAsync(server.Http, topology.ClusterId, cancellation);
        return answer.Value ?? new ServerStatus
        {
            Name = server.Name,
            State = ServerState.Unreachable,
            Server = server.Id,
            Node = topology.NodeOf(server.Id)?.Id ?? default,
            IsMaster = topology.Master == server.Id,
        };
    }

    private static bool AllServed(ClusterTopology topology, IReadOnlyList<ServerStatus> servers) =>
        topology.AllSlotsAssigned && topology.Nodes.All(node => node.Slots.IsEmpty || IsServed(node, servers));
}
