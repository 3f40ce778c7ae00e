using System.Globalization;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Resp;

/// <summary>Servers of the topology as Redis Cluster names them.</summary>
internal static class RespNodes
{
    private const int IdLength = 40;

    /// <summary>Forty hexadecimal digits that stay with the data folder.</summary>
    public static string IdOf(ServerInfo server) => server.StoreId.Value.ToString("N").PadRight(IdLength, '0');

    public static string IdOf(RespServer server) =>
        server.Holder.Current?.FindServer(server.Holder.Self) is { } self ? IdOf(self) : new string('0', IdLength);

    public static (string Host, int Port) Address(ServerInfo server)
    {
        if (server.Resp is not { } address) return ("", 0);
        var colon = address.LastIndexOf(':');
        return (address[..colon], int.Parse(address.AsSpan(colon + 1), CultureInfo.InvariantCulture));
    }

    /// <summary>Servers that Redis clients can reach.</summary>
    public static IEnumerable<ServerInfo> Reachable(NodeInfo node) => node.Servers.Where(server => server.Resp is not null);
}
