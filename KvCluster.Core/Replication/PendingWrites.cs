using KvCluster.Core.Replication.Effects;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication;

/// <summary>Who waits for which entry of the log, in the order of the log.</summary>
internal sealed class PendingWrites
{
    private static readonly long[] Nobody = [];
    private readonly Queue<Waiting> _waiting = new();

    public long? OldestAt => _waiting.Count == 0 ? null : _waiting.Peek().At;

    public void Add(LogIndex index, long token, long now)
    {
        if (token != 0) _waiting.Enqueue(new Waiting(index, token, now));
    }

    /// <summary>The tokens of the entries from <paramref name="from"/> to <paramref name="to"/>, zero where nobody waits; they leave.</summary>
    public long[] Take(LogIndex from, LogIndex to)
    {
        if (_waiting.Count == 0 || _waiting.Peek().Index > to) return Nobody;
        var tokens = new long[to.Value - from.Value + 1];
        while (_waiting.Count > 0 && _waiting.Peek().Index <= to)
        {
            var waiting = _waiting.Dequeue();
            tokens[waiting.Index.Value - from.Value] = waiting.Token;
        }

        return tokens;
    }

    // Unknown, not failed: the entry may be on the replica already and can still win after this server steps down.
    public void GiveUpBefore(long at, List<ReplicationEffect> effects, Refusal refusal = Refusal.Unknown)
    {
        while (_waiting.Count > 0 && _waiting.Peek().At < at) effects.Add(new RefuseEffect(_waiting.Dequeue().Token, refusal));
    }

    private readonly record struct Waiting(LogIndex Index, long Token, long At);
}
