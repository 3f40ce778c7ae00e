using System.Diagnostics;
using System.Globalization;

namespace KvCluster.Node.Resp;

/// <summary>Commands about the server.</summary>
internal static class ServerCommands
{
    // Prefix of the key, format, generation, revision, expiry, length of the content type.
    private const int RowBytes = 27;

    public static ValueTask Info(RespSession session, RespParser request)
    {
        var wanted = Enumerable.Range(1, request.Count - 1).Select(i => RespText.Of(request[i]).ToLowerInvariant()).ToHashSet();
        session.Writer.Verbatim(ServerInfoText.Write(session.Server, wanted));
        return default;
    }

    // Nothing is recorded: the telemetry has latencies, and says so in more detail.
    public static ValueTask Latency(RespSession session, RespParser request)
    {
        var writer = session.Writer;
        var word = request[1];
        if ((RespText.Is(word, "LATEST"u8) && request.Count == 2) || (RespText.Is(word, "HISTORY"u8) && request.Count == 3)) writer.Array(0);
        else if (RespText.Is(word, "HISTOGRAM"u8)) writer.Map(0);
        else if (RespText.Is(word, "RESET"u8)) writer.Number(0);
        else if (RespText.Is(word, "DOCTOR"u8) && request.Count == 2) writer.Verbatim("Latencies are in the server's metrics.");
        else if (RespText.Is(word, "GRAPH"u8) && request.Count == 3) writer.Error($"ERR No samples available for event '{RespErrors.Shortened(RespText.Of(request[2]))}'");
        else if (!RespHelp.TryWrite(writer, "latency", request)) writer.Error(RespErrors.NoSubcommand("latency", RespText.Of(word)));
        return default;
    }

    public static ValueTask SlowLog(RespSession session, RespParser request)
    {
        var writer = session.Writer;
        var word = request[1];
        if (RespText.Is(word, "GET"u8) && request.Count <= 3) writer.Array(0);
        else if (RespText.Is(word, "LEN"u8) && request.Count == 2) writer.Number(0);
        else if (RespText.Is(word, "RESET"u8) && request.Count == 2) writer.Ok();
        else if (!RespHelp.TryWrite(writer, "slowlog", request)) writer.Error(RespErrors.NoSubcommand("slowlog", RespText.Of(word)));
        return default;
    }

    public static ValueTask Memory(RespSession session, RespParser request)
    {
        var writer = session.Writer;
        if (RespText.Is(request[1], "USAGE"u8) && request.Count is 3 or 5) return MemoryUsageAsync(session, request.Memory(2));
        if (RespText.Is(request[1], "STATS"u8))
        {
            using var process = Process.GetCurrentProcess();
            writer.Map(4);
            writer.Bulk("peak.allocated");
            writer.Number(process.PeakWorkingSet64);
            writer.Bulk("total.allocated");
            writer.Number(process.WorkingSet64);
            writer.Bulk("kvcluster.managed");
            writer.Number(GC.GetTotalMemory(false));
            writer.Bulk("keys.count");
            writer.Number(KeyspaceCommands.Count(session.Server, out _));
        }
        else if (RespText.Is(request[1], "DOCTOR"u8)) writer.Verbatim("Values are on the disk; the process keeps a cache of them.");
        else if (RespText.Is(request[1], "PURGE"u8) && request.Count == 2)
        {
            // What is not used any more may go back to the system; nobody waits for it.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            writer.Ok();
        }
        else if (RespText.Is(request[1], "MALLOC-STATS"u8) && request.Count == 2) writer.Verbatim(CollectorText());
        else if (!RespHelp.TryWrite(writer, "memory", request)) writer.Error(RespErrors.NoSubcommand("memory", RespText.Of(request[1])));

        return default;
    }

    public static ValueTask Role(RespSession session, RespParser request)
    {
        var (writer, server) = (session.Writer, session.Server);
        if (server.Holder.OwnNode is not { } node) writer.Error(RespErrors.Down);
        else if (ServerInfoText.IsMain(server))
        {
            var replicas = node.Servers.Where(one => one.Id != node.Main && node.InSync.Contains(one.Id)).ToArray();
            writer.Array(3);
            writer.Bulk("master");
            writer.Number(server.Status().LogLast.Value);
            writer.Array(replicas.Length);
            foreach (var replica in replicas)
            {
                var (host, port) = RespNodes.Address(replica);
                writer.Array(3);
                writer.Bulk(host);
                writer.Bulk(port);
                writer.Bulk(server.Status().LogLast.Value);
            }
        }
        else
        {
            var (host, port) = RespNodes.Address(node.MainServer);
            writer.Array(5);
            writer.Bulk("slave");
            writer.Bulk(host);
            writer.Number(port);
            writer.Bulk(node.InSync.Contains(server.Holder.Self) ? "connected" : "sync");
            writer.Number(server.Status().Applied.Value);
        }

        return default;
    }

    private static string CollectorText()
    {
        var memory = GC.GetGCMemoryInfo();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"heap {memory.HeapSizeBytes}, committed {memory.TotalCommittedBytes}, fragmented {memory.FragmentedBytes}, limit {memory.TotalAvailableMemoryBytes} bytes; collections {GC.CollectionCount(0)} {GC.CollectionCount(1)} {GC.CollectionCount(2)}\n");
    }

    // Bytes of the key's row; what of it is in memory is the cache's business.
    private static async ValueTask MemoryUsageAsync(RespSession session, ReadOnlyMemory<byte> key)
    {
        var slot = Protocol.Slots.SlotHash.Of(key.Span);
        if (session.Server.Router.Check(slot, session.IsReplicaWelcome) is { } elsewhere)
        {
            session.Writer.Error(elsewhere);
            return;
        }

        var read = await session.Server.Store.ReadAsync(key, session.Consistency);
        if (read.Refusal != Core.Replication.Refusal.None) session.Writer.Error(session.Server.Router.Of(read.Refusal, slot));
        else if (read.Value is not { } value) session.Writer.Nil();
        else session.Writer.Number(key.Length + value.Bytes.Length + value.ContentType.Length + RowBytes);
    }
}
