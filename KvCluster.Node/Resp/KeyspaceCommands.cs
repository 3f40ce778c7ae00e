using KvCluster.Core.Commands;
using KvCluster.Core.Replication;
using KvCluster.Core.Steps;
using KvCluster.Node.Store;
using KvCluster.Protocol.Slots;

namespace KvCluster.Node.Resp;

/// <summary>Commands on all keys of this node. A main shows what its applied state holds; nothing here is linearizable.</summary>
internal static class KeyspaceCommands
{
    private const int ScanRowsMax = 10_000;
    private const int FlushPage = 1_000;

    // What an array of bytes and its place in a list take besides the bytes.
    private const int KeyNameFixedBytes = 32;

    public static ValueTask DbSize(RespSession session, RespParser request)
    {
        var refusal = Count(session.Server, out var keys, out _);
        if (refusal == Refusal.None) session.Writer.Number(keys);
        else session.Writer.Error(RespRouter.OfKeyspace(refusal));
        return default;
    }

    /// <summary>As much as this server can show: for those who describe it in whatever state it is.</summary>
    public static long Count(RespServer server, out long expiring)
    {
        Count(server, out var keys, out expiring);
        return keys;
    }

    private static Refusal Count(RespServer server, out long keys, out long expiring)
    {
        var (all, ending) = (0L, 0L);
        var refusal = server.Store.VisitKeys([], [], (_, _, expiresAt) =>
        {
            all++;
            if (expiresAt != 0) ending++;
            return true;
        });
        (keys, expiring) = (all, ending);
        return refusal;
    }

    public static ValueTask Keys(RespSession session, RespParser request)
    {
        var pattern = request[1].ToArray();
        var found = new List<byte[]>();
        var bytes = 0L;
        var refusal = session.Server.Store.VisitKeys(GlobPattern.Prefix(pattern), [], (key, _, _) =>
        {
            if (!GlobPattern.Matches(pattern, key)) return true;
            found.Add(key.ToArray());
            bytes += key.Length + KeyNameFixedBytes;
            return bytes <= RespLimits.KeyNameBytesMax;
        });
        if (bytes > RespLimits.KeyNameBytesMax) session.Writer.Error("ERR too many keys for one answer: use SCAN");
        else Write(session, refusal, found);
        return default;
    }

    /// <summary>Every key is equally likely: all of them are looked at.</summary>
    public static ValueTask RandomKey(RespSession session, RespParser request)
    {
        byte[]? chosen = null;
        var seen = 0L;
        var refusal = session.Server.Store.VisitKeys([], [], (key, _, _) =>
        {
            if (Random.Shared.NextInt64(++seen) == 0) chosen = key.ToArray();
            return true;
        });
        if (refusal != Refusal.None) session.Writer.Error(RespRouter.OfKeyspace(refusal));
        else if (chosen is null) session.Writer.Nil();
        else session.Writer.Bulk(chosen);
        return default;
    }

    /// <summary>Keys as an array, if the store could show them.</summary>
    public static void Write(RespSession session, Refusal refusal, List<byte[]> keys)
    {
        if (refusal != Refusal.None)
        {
            session.Writer.Error(RespRouter.OfKeyspace(refusal));
            return;
        }

        session.Writer.Array(keys.Count);
        foreach (var key in keys) session.Writer.Bulk(key);
    }

    public static ValueTask Scan(RespSession session, RespParser request)
    {
        var writer = session.Writer;
        byte[] after = [];
        if (!NumberText.TryInteger(request[1], out var cursor) || cursor < 0 || (cursor != 0 && !session.Server.Cursors.TryGet(cursor, out after)))
        {
            writer.Error("ERR invalid cursor");
            return default;
        }

        var plan = new ScanPlan();
        if (plan.TryRead(request) is { } error)
        {
            writer.Error(error);
            return default;
        }

        var found = new List<byte[]>();
        var rows = 0;
        byte[]? next = null;
        var refusal = session.Server.Store.VisitKeys(plan.Prefix, after, (key, contentType, _) =>
        {
            rows++;
            if (plan.Wants(key, contentType)) found.Add(key.ToArray());
            if (rows < Math.Min(plan.Count, ScanRowsMax)) return true;
            next = key.ToArray();
            return false;
        });
        if (refusal != Refusal.None)
        {
            writer.Error(RespRouter.OfKeyspace(refusal));
            return default;
        }

        writer.Array(2);
        writer.Bulk(next is null ? 0 : session.Server.Cursors.Add(next));
        Write(session, refusal, found);
        return default;
    }

    /// <summary>Deletes every key of this node, a page in each entry of the log: others see it happen.</summary>
    public static async ValueTask Flush(RespSession session, RespParser request)
    {
        if (request.Count > 2 || (request.Count == 2 && !RespText.Is(request[1], "SYNC"u8) && !RespText.Is(request[1], "ASYNC"u8)))
        {
            session.Writer.Error(RespErrors.Syntax);
            return;
        }

        var steps = new StepWriter();
        byte[] after = [];
        do
        {
            steps.Clear();
            var shown = session.Server.Store.VisitKeys([], after, (key, _, _) =>
            {
                steps.Add(StepOperation.Delete, key);
                after = key.ToArray();
                return steps.Count < FlushPage;
            });
            if (shown != Refusal.None)
            {
                session.Writer.Error(RespRouter.OfKeyspace(shown));
                return;
            }

            if (steps.Count == 0 && session.Server.Router.Check(OwnSlot(session.Server), false) is { } elsewhere)
            {
                session.Writer.Error(elsewhere);
                return;
            }

            if (steps.Count == 0) break;
            var result = await session.WriteAsync(steps);

            // The thread that tells of writes is not for the next page.
            await Task.Yield();
            if (result.Refusal == Refusal.None) continue;
            session.Writer.Error(session.Server.Router.Of(result.Refusal, OwnSlot(session.Server)));
            return;
        }
        while (true);
        session.Writer.Ok();
    }

    private static Slot OwnSlot(RespServer server) => new(server.Holder.OwnNode is { Slots: [var range, ..] } ? range.First : (ushort)0);
}
