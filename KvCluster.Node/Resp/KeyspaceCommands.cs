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

    public static ValueTask DbSize(RespSession session, RespParser request)
    {
        session.Writer.Number(Count(session.Server, out _));
        return default;
    }

    public static long Count(RespServer server, out long expiring)
    {
        var (keys, ending) = (0L, 0L);
        server.Store.VisitKeys([], [], (_, _, expiresAt) =>
        {
            keys++;
            if (expiresAt != 0) ending++;
            return true;
        });
        expiring = ending;
        return keys;
    }

    public static ValueTask Keys(RespSession session, RespParser request)
    {
        var pattern = request[1].ToArray();
        var found = new List<byte[]>();
        session.Server.Store.VisitKeys(GlobPattern.Prefix(pattern), [], (key, _, _) =>
        {
            if (GlobPattern.Matches(pattern, key)) found.Add(key.ToArray());
            return true;
        });
        session.Writer.Array(found.Count);
        foreach (var key in found) session.Writer.Bulk(key);
        return default;
    }

    // A random point in the order of keys, and the key behind it: not every key is equally likely.
    public static ValueTask RandomKey(RespSession session, RespParser request)
    {
        byte[]? first = null, last = null;
        session.Server.Store.VisitKeys([], [], (key, _, _) =>
        {
            first = key.ToArray();
            return false;
        });
        if (first is null)
        {
            session.Writer.Nil();
            return default;
        }

        var skip = Random.Shared.Next(1_000);
        session.Server.Store.VisitKeys([], [], (key, _, _) =>
        {
            last = key.ToArray();
            return skip-- > 0;
        });
        var many = new List<byte[]>();
        if (skip > 0)
        {
            session.Server.Store.VisitKeys([], [], (key, _, _) =>
            {
                many.Add(key.ToArray());
                return true;
            });
        }

        session.Writer.Bulk(many.Count > 0 ? many[Random.Shared.Next(many.Count)] : last ?? first);
        return default;
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
        session.Server.Store.VisitKeys(plan.Prefix, after, (key, contentType, _) =>
        {
            rows++;
            if (plan.Wants(key, contentType)) found.Add(key.ToArray());
            if (rows < Math.Min(plan.Count, ScanRowsMax)) return true;
            next = key.ToArray();
            return false;
        });
        writer.Array(2);
        writer.Bulk(next is null ? 0 : session.Server.Cursors.Add(next));
        writer.Array(found.Count);
        foreach (var key in found) writer.Bulk(key);
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
            session.Server.Store.VisitKeys([], after, (key, _, _) =>
            {
                steps.Add(StepOperation.Delete, key);
                after = key.ToArray();
                return steps.Count < FlushPage;
            });
            if (steps.Count == 0 && session.Server.Router.Check(OwnSlot(session.Server), false) is { } elsewhere)
            {
                session.Writer.Error(elsewhere);
                return;
            }

            if (steps.Count == 0) break;
            var result = await session.WriteAsync(steps);
            if (result.Refusal == Refusal.None) continue;
            session.Writer.Error(session.Server.Router.Of(result.Refusal, OwnSlot(session.Server)));
            return;
        }
        while (true);
        session.Writer.Ok();
    }

    private static Slot OwnSlot(RespServer server) => new(server.Holder.OwnNode is { Slots: [var range, ..] } ? range.First : (ushort)0);
}
