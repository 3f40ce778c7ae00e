using System.Diagnostics;
using KvCluster.Core.Steps;

namespace KvCluster.Node.Resp;

/// <summary>WAIT and WAITAOF: how many other servers have this connection's writes on their disks.</summary>
/// <remarks>
/// A write that was acknowledged with all copies needs no waiting. One that was acknowledged with fewer (write mode Relaxed, or while the
/// replica was away) is waited for: the log's end at the time of the question lies behind every write of the connection, so once the replica has that
/// on its disk, it has them all.
/// </remarks>
internal static class WaitCommands
{
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(5);

    // Redis waits for ever when it is told no time.
    private static readonly TimeSpan PatienceMax = TimeSpan.FromMinutes(1);

    public static async ValueTask Wait(RespSession session, RespParser request)
    {
        if (!NumberText.TryInteger(request[1], out var wanted) || !NumberText.TryInteger(request[2], out var timeout)) session.Writer.Error(RespErrors.NotInteger);
        else if (timeout < 0) session.Writer.Error("ERR timeout is negative");
        else if (!ServerInfoText.IsMain(session.Server)) session.Writer.Error("ERR WAIT cannot be used with replica instances. Please also note that writes to replicas are just local and are not propagated.");
        else session.Writer.Number(await ReplicasAsync(session, wanted, timeout));
    }

    public static async ValueTask WaitAof(RespSession session, RespParser request)
    {
        if (!NumberText.TryInteger(request[1], out var local) || !NumberText.TryInteger(request[2], out var wanted) || !NumberText.TryInteger(request[3], out var timeout)) session.Writer.Error(RespErrors.NotInteger);
        else if (local is < 0 or > 1) session.Writer.Error("ERR value is out of range, value must between 0 and 1");
        else if (timeout < 0) session.Writer.Error("ERR timeout is negative");
        else if (!ServerInfoText.IsMain(session.Server)) session.Writer.Error("ERR WAITAOF cannot be used with replica instances. Please also note that writes to replicas are just local and are not propagated.");
        else
        {
            var replicas = await ReplicasAsync(session, wanted, timeout);
            session.Writer.Array(2);
            session.Writer.Number(session.Server.Options.Fsync.Equals("Always", StringComparison.OrdinalIgnoreCase) ? 1 : 0);
            session.Writer.Number(replicas);
        }
    }

    private static async ValueTask<int> ReplicasAsync(RespSession session, long wanted, long timeoutMilliseconds)
    {
        var server = session.Server;
        var known = (session.LastCopies ?? server.Holder.OwnNode?.InSync.Length ?? 1) - 1;

        // There is no more than one other copy to wait for.
        wanted = Math.Min(wanted, (server.Holder.OwnNode?.Servers.Length ?? 1) - 1);
        if (known >= wanted) return known;
        var target = server.Status().LogLast.Value;
        var patience = timeoutMilliseconds == 0 || timeoutMilliseconds > PatienceMax.TotalMilliseconds ? PatienceMax : TimeSpan.FromMilliseconds(timeoutMilliseconds);
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var status = server.Status();
            if (status.ReplicationLag is { } lag && status.LogLast.Value - lag >= target) return (int)wanted;
            if (clock.Elapsed >= patience || !ServerInfoText.IsMain(server)) return known;
            await Task.Delay(LookPause);
        }
    }
}
