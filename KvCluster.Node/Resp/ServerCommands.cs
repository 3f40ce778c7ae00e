using System.Globalization;
using KvCluster.Core.Steps;

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

    public static ValueTask Config(RespSession session, RespParser request)
    {
        var writer = session.Writer;
        if (RespText.Is(request[1], "GET"u8) && request.Count > 2) ConfigGet(session, request);
        else if (RespText.Is(request[1], "SET"u8)) writer.Error("ERR CONFIG SET is not supported: a server is configured when it starts");
        else if (RespText.Is(request[1], "RESETSTAT"u8)) writer.Ok();
        else writer.Error(RespErrors.NoSubcommand("config", RespText.Of(request[1])));
        return default;
    }

    public static ValueTask Command(RespSession session, RespParser request)
    {
        var writer = session.Writer;
        if (request.Count == 1) Describe(writer, [.. RespCommands.All]);
        else if (RespText.Is(request[1], "COUNT"u8)) writer.Number(RespCommands.All.Count);
        else if (RespText.Is(request[1], "INFO"u8)) Describe(writer, request.Count == 2 ? [.. RespCommands.All] : Named(request));
        else if (RespText.Is(request[1], "DOCS"u8)) Document(writer, request.Count == 2 ? [.. RespCommands.All] : Named(request));
        else if (RespText.Is(request[1], "LIST"u8))
        {
            writer.Array(RespCommands.All.Count);
            foreach (var command in RespCommands.All) writer.Bulk(command.Name);
        }
        else writer.Error(RespErrors.NoSubcommand("command", RespText.Of(request[1])));

        return default;
    }

    public static ValueTask Latency(RespSession session, RespParser request) => Empty(session, request, "latency", ["LATEST", "HISTORY", "RESET", "DOCTOR"]);
    public static ValueTask SlowLog(RespSession session, RespParser request) => Empty(session, request, "slowlog", ["GET", "LEN", "RESET"]);

    public static ValueTask Memory(RespSession session, RespParser request)
    {
        var writer = session.Writer;
        if (RespText.Is(request[1], "USAGE"u8) && request.Count is 3 or 5) return MemoryUsageAsync(session, request.Memory(2));
        if (RespText.Is(request[1], "STATS"u8))
        {
            writer.Map(2);
            writer.Bulk("total.allocated");
            writer.Number(GC.GetTotalMemory(false));
            writer.Bulk("keys.count");
            writer.Number(KeyspaceCommands.Count(session.Server, out _));
        }
        else if (RespText.Is(request[1], "DOCTOR"u8)) writer.Verbatim("Values are on the disk; the process keeps a cache of them.");
        else writer.Error(RespErrors.NoSubcommand("memory", RespText.Of(request[1])));

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

    // Bytes of the key's row; what of it is in memory is the cache's business.
    private static async ValueTask MemoryUsageAsync(RespSession session, ReadOnlyMemory<byte> key)
    {
        var slot = Protocol.Slots.SlotHash.Of(key.Span);
        if (session.Server.Router.Check(slot, session.IsReplicaWelcome) is { } elsewhere)
        {
            session.Writer.Error(elsewhere);
            return;
        }

        var read = await session.Server.Store.ReadAsync(key, session.Consistency, CancellationToken.None);
        if (read.Refusal != Core.Replication.Refusal.None) session.Writer.Error(session.Server.Router.Of(read.Refusal, slot));
        else if (read.Value is not { } value) session.Writer.Nil();
        else session.Writer.Number(key.Length + value.Bytes.Length + value.ContentType.Length + RowBytes);
    }

    private static void ConfigGet(RespSession session, RespParser request)
    {
        var options = session.Server.Options;
        var all = new (string Name, string Value)[]
        {
            ("timeout", "0"), ("databases", "1"), ("maxclients", "20000"), ("maxmemory", "0"), ("maxmemory-policy", "noeviction"), ("save", ""),
            ("appendonly", "yes"), ("appendfsync", options.Fsync.Equals("Always", StringComparison.OrdinalIgnoreCase) ? "always" : options.Fsync.Equals("Never", StringComparison.OrdinalIgnoreCase) ? "no" : "everysec"),
            ("replica-read-only", "yes"), ("slave-read-only", "yes"), ("cluster-enabled", "yes"), ("port", options.RespPort.ToString(CultureInfo.InvariantCulture)),
            ("bind", options.BindAddress), ("proto-max-bulk-len", options.ValueBytesMax.ToString(CultureInfo.InvariantCulture)),
        };
        var wanted = Enumerable.Range(2, request.Count - 2).Select(i => request[i].ToArray()).ToArray();
        var found = all.Where(one => wanted.Any(pattern => GlobPattern.Matches(System.Text.Encoding.ASCII.GetBytes(RespText.Of(pattern).ToLowerInvariant()), System.Text.Encoding.ASCII.GetBytes(one.Name)))).ToArray();
        session.Writer.Map(found.Length);
        foreach (var (name, value) in found)
        {
            session.Writer.Bulk(name);
            session.Writer.Bulk(value);
        }
    }

    private static RespCommand?[] Named(RespParser request) =>
        [.. Enumerable.Range(2, request.Count - 2).Select(i => RespCommands.TryFind(request[i], out var command) ? command : null)];

    private static void Describe(RespWriter writer, RespCommand?[] commands)
    {
        writer.Array(commands.Length);
        foreach (var command in commands)
        {
            if (command is null)
            {
                writer.NilArray();
                continue;
            }

            writer.Array(10);
            writer.Bulk(command.Name);
            writer.Number(command.Arity);
            writer.Set(1);
            writer.Word(command.Kind switch { RespCommandKind.Read => "readonly"u8, RespCommandKind.Write => "write"u8, _ => "fast"u8 });
            writer.Number(command.FirstKey);
            writer.Number(command.LastKey);
            writer.Number(command.KeyStep);
            for (var i = 0; i < 4; i++) writer.Array(0);
        }
    }

    private static void Document(RespWriter writer, RespCommand?[] commands)
    {
        var known = commands.Where(command => command is not null).ToArray();
        writer.Map(known.Length);
        foreach (var command in known)
        {
            writer.Bulk(command!.Name);
            writer.Map(2);
            writer.Bulk("summary");
            writer.Bulk("As in Redis; differences are in docs/REDIS.md.");
            writer.Bulk("group");
            writer.Bulk(command.Kind == RespCommandKind.Server ? "server" : "generic");
        }
    }

    // Nothing is recorded: the telemetry has latencies, and says so in more detail.
    private static ValueTask Empty(RespSession session, RespParser request, string name, ReadOnlySpan<string> known)
    {
        var word = RespText.Of(request[1]).ToUpperInvariant();
        if (!known.Contains(word)) session.Writer.Error(RespErrors.NoSubcommand(name, word));
        else if (word == "RESET" && name == "slowlog") session.Writer.Ok();
        else if (word is "LEN" or "RESET") session.Writer.Number(0);
        else if (word == "DOCTOR") session.Writer.Verbatim("Latencies are in the server's metrics.");
        else session.Writer.Array(0);
        return default;
    }
}
