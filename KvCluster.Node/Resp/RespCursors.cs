using System.Collections.Concurrent;

namespace KvCluster.Node.Resp;

/// <summary>Where each SCAN goes on. A cursor is a number to the client, a key to the store; the table is bounded and the oldest cursors are forgotten.</summary>
internal sealed class RespCursors
{
    private readonly ConcurrentDictionary<long, byte[]> _keys = new();
    private long _last;

    public long Add(byte[] after)
    {
        var cursor = Interlocked.Increment(ref _last);
        _keys[cursor] = after;
        _keys.TryRemove(cursor - RespLimits.CursorsMax, out _);
        return cursor;
    }

    public bool TryGet(long cursor, out byte[] after) => _keys.TryGetValue(cursor, out after!);
}
