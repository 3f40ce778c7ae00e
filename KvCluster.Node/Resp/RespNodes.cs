using System.Globalization;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Resp;

/// <summary>Servers of the topology as Redis Cluster names them.</summary>
internal static class RespNodes
{
    public const int IdLength = 40;

    /// <summary>Forty hexadecimal digits that stay with the data folder.</summary>
    public static string IdOf(ServerInfo server) => server.StoreId.Value.ToString("N").PadRight(IdLength, '0');

    public static string IdOf(RespServer server) =>
        server.Holder.Current?.FindServer(server.Holder.Self) is { } self ? IdOf(self) : new string('0', IdLength);

    /// <summary>Forty hexadecimal digits that main and replica of a node share; a forced promotion begins another history.</summary>
    public static string HistoryOf(ClusterId cluster, NodeInfo node) =>
        cluster.Value.ToString("N") + ((node.Id.Value << 8) | (node.Lineage & 0xff)).ToString("x8", CultureInfo.InvariantCulture);

    public static (string Host, int Port) Address(ServerInfo server)
    {
        if (server.Resp is not { } address) return ("", 0);
        var colon = address.LastIndexOf(':');
        return (address[..colon], int.Parse(address.AsSpan(colon + 1), CultureInfo.InvariantCulture));
    }

    /// <summary>Servers that Redis clients can reach.</summary>
    public static IEnumerable<ServerInfo> Reachable(NodeInfo node) => node.Servers.Where(server => server.Resp is not null);

    /// <summary>Whether this server and the other one of its node speak to each other.</summary>
    public static bool IsLinked(RespServer server, ServerStatus own) =>
        server.Holder.OwnNode is { Servers.Length: > 1 } node
        && (node.Main == server.Holder.Self ? own.ReplicationLag is not null : own.State is ServerState.Replica or ServerState.CatchingUp);

    /// <summary>What this server knows of another's health.</summary>
    public static ServerHealth HealthOf(RespServer server, ServerStatus own, NodeInfo node, ServerInfo one)
    {
        if (one.Id == server.Holder.Self) return own.State == ServerState.Failed ? ServerHealth.Dead : ServerHealth.Well;
        var isOwnNode = node.Find(server.Holder.Self) is not null;

        // A replica asks to be promoted when it has heard nothing of its main for the grace period.
        if (isOwnNode && one.Id == node.Main && own.State == ServerState.Promoting) return ServerHealth.Dead;
        if (node.InSync.Contains(one.Id)) return ServerHealth.Well;
        if (!isOwnNode) return ServerHealth.Doubtful;
        return IsLinked(server, own) ? ServerHealth.Behind : ServerHealth.Dead;
    }
}
