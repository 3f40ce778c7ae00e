using System.Globalization;
using System.Text;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Resp;

/// <summary>The CONFIG command: the settings of Redis that mean something here, with the values that are true here.</summary>
internal static class ConfigCommands
{
    public static ValueTask Config(RespSession session, RespParser request)
    {
        var writer = session.Writer;
        if (RespText.Is(request[1], "GET"u8) && request.Count > 2) Get(session, request);
        else if (RespText.Is(request[1], "SET"u8)) writer.Error("ERR CONFIG SET is not supported: a server is configured when it starts");
        else if (RespText.Is(request[1], "REWRITE"u8)) writer.Error("ERR The server is running without a config file");
        else if (RespText.Is(request[1], "RESETSTAT"u8) && request.Count == 2)
        {
            session.Server.Counts.Reset();
            writer.Ok();
        }
        else if (!RespHelp.TryWrite(writer, "config", request)) writer.Error(RespErrors.NoSubcommand("config", RespText.Of(request[1])));

        return default;
    }

    private static void Get(RespSession session, RespParser request)
    {
        var patterns = Enumerable.Range(2, request.Count - 2).Select(i => Encoding.ASCII.GetBytes(RespText.Of(request[i]).ToLowerInvariant())).ToArray();
        var found = Settings(session.Server).Where(one => patterns.Any(pattern => GlobPattern.Matches(pattern, Encoding.ASCII.GetBytes(one.Name)))).ToArray();
        session.Writer.Map(found.Length);
        foreach (var (name, value) in found)
        {
            session.Writer.Bulk(name);
            session.Writer.Bulk(value);
        }
    }

    private static IEnumerable<(string Name, string Value)> Settings(RespServer server)
    {
        var options = server.Options;
        var valueBytesMax = options.ValueBytesMax.ToString(CultureInfo.InvariantCulture);
        return
        [
            ("appendfsync", options.Fsync.Equals("Always", StringComparison.OrdinalIgnoreCase) ? "always" : options.Fsync.Equals("Never", StringComparison.OrdinalIgnoreCase) ? "no" : "everysec"),
            ("appendonly", "yes"),
            ("bind", options.BindAddress),
            ("cluster-enabled", "yes"),
            ("cluster-node-timeout", (options.Replication.GraceMicroseconds / 1_000).ToString(CultureInfo.InvariantCulture)),
            ("databases", "1"),
            ("dir", Path.GetFullPath(options.DataDirectory.Length == 0 ? "." : options.DataDirectory)),

            // A hash is one value, whatever is in it: it is never unpacked.
            ("hash-max-listpack-entries", valueBytesMax),
            ("hash-max-listpack-value", valueBytesMax),
            ("hash-max-ziplist-entries", valueBytesMax),
            ("hash-max-ziplist-value", valueBytesMax),
            ("latency-monitor-threshold", "0"),
            ("loglevel", "notice"),
            ("maxclients", RespLimits.ConnectionsMax.ToString(CultureInfo.InvariantCulture)),
            ("maxmemory", "0"),
            ("maxmemory-policy", "noeviction"),
            ("maxmemory-samples", "5"),
            ("min-replicas-to-write", server.Status().WriteMode == WriteMode.Strict ? "1" : "0"),
            ("min-slaves-to-write", server.Status().WriteMode == WriteMode.Strict ? "1" : "0"),
            ("notify-keyspace-events", ""),
            ("port", options.RespPort.ToString(CultureInfo.InvariantCulture)),
            ("proto-max-bulk-len", valueBytesMax),
            ("replica-read-only", "yes"),
            ("requirepass", ""),
            ("save", ""),
            ("slave-read-only", "yes"),
            ("slowlog-log-slower-than", "-1"),
            ("slowlog-max-len", "0"),
            ("tcp-keepalive", "0"),
            ("timeout", "0"),
        ];
    }
}
