using KvCluster.Core.Steps;

namespace KvCluster.Node.Resp;

/// <summary>The clients that a CLIENT LIST asks for: all, those of one type, or those with the ids named.</summary>
internal static class ClientSelection
{
    /// <returns>Nothing when the request can be understood, else the error.</returns>
    public static string? TryFind(RespSession session, RespParser request, out IEnumerable<RespSession> found)
    {
        found = session.Server.Sessions.Values.OrderBy(other => other.Id);
        if (request.Count == 2) return null;
        if (request.Count == 4 && RespText.Is(request[2], "TYPE"u8)) return OfType(request[3], ref found);
        if (request.Count < 4 || !RespText.Is(request[2], "ID"u8)) return RespErrors.Syntax;
        var ids = new HashSet<long>();
        for (var i = 3; i < request.Count; i++)
        {
            if (!NumberText.TryInteger(request[i], out var id)) return "ERR Invalid client ID";
            ids.Add(id);
        }

        found = found.Where(other => ids.Contains(other.Id));
        return null;
    }

    private static string? OfType(ReadOnlySpan<byte> type, ref IEnumerable<RespSession> found)
    {
        if (RespText.Is(type, "NORMAL"u8)) found = found.Where(other => other.Subscriptions.Count == 0);
        else if (RespText.Is(type, "PUBSUB"u8)) found = found.Where(other => other.Subscriptions.Count > 0);

        // The other server of the node is no client of this port.
        else if (RespText.Is(type, "MASTER"u8) || RespText.Is(type, "REPLICA"u8) || RespText.Is(type, "SLAVE"u8)) found = [];
        else return $"ERR Unknown client type '{RespErrors.Shortened(RespText.Of(type))}'";
        return null;
    }
}
