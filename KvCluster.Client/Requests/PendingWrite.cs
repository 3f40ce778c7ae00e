using KvCluster.Client.Http;
using KvCluster.Client.Retries;
using KvCluster.Client.Topology;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Requests;

namespace KvCluster.Client.Requests;

/// <summary>The request id of one write, from its first attempt until the call is over.</summary>
internal sealed class PendingWrite(RequestIdWindow window, RetrySession session)
{
    private const int RestampsMax = 3;

    private RequestId _id;
    private string? _idText;
    private int _restamps;

    /// <summary>The id for the next attempt; the same for all, unless it had to be stamped anew.</summary>
    public string OnSending(NodeRoute route)
    {
        if (_id.IsNone) Begin(route.Clock.Newest);
        return _idText!;
    }

    /// <summary>A server refused the id for its stamp without executing it. Takes a new one, if nothing is in doubt and the servers do not go on refusing.</summary>
    /// <exception cref="KvOutcomeUnknownException">An earlier attempt may have been executed.</exception>
    public bool TryRestamp(StoreAnswer answer, NodeRoute route)
    {
        if (session.IsInDoubt) throw session.ToException();
        if (++_restamps > RestampsMax) return false;
        window.Complete(_id.Sequence);
        Begin(StampAfter(answer, route));
        return true;
    }

    /// <summary>The call is over, with an answer or without.</summary>
    public void Complete()
    {
        if (!_id.IsNone) window.Complete(_id.Sequence);
    }

    /// <summary>A stamp that the server which refused the last one will take: its own time.</summary>
    public static Revision StampAfter(StoreAnswer answer, NodeRoute route) =>
        answer.Date is { } date ? Revision.FromMilliseconds(date.ToUnixTimeMilliseconds()) : route.Clock.Newest;

    private void Begin(Revision stamp)
    {
        _id = window.Begin(stamp);
        _idText = _id.ToString();
    }
}
