using System.Diagnostics;
using System.Globalization;
using System.Text;
using KvCluster.Protocol.Contracts;

namespace KvCluster.Node.Resp;

/// <summary>The text of INFO: sections and names as Redis has them, values as they are here. What is not known is not there.</summary>
internal static class ServerInfoText
{
    /// <summary>Which Redis' commands this port speaks; clients choose their requests by it.</summary>
    public const string RedisVersion = "7.0.15";

    private static readonly (string Name, bool IsDefault, Action<StringBuilder, RespServer> Write)[] Sections =
    [
        ("Server", true, Server), ("Clients", true, Clients), ("Memory", true, Memory), ("Persistence", true, Persistence), ("Stats", true, Stats),
        ("Replication", true, ReplicationInfoText.Write), ("CPU", true, Processor), ("Modules", true, (_, _) => { }), ("Commandstats", false, CommandStats),
        ("Errorstats", true, ErrorStats), ("Cluster", true, Cluster), ("Keyspace", true, Keyspace),
    ];

    public static bool IsMain(RespServer server) => server.Holder.OwnNode is { } node && node.Main == server.Holder.Self;

    /// <param name="wanted">Names of sections; none for the usual ones.</param>
    public static string Write(RespServer server, IReadOnlyCollection<string> wanted)
    {
        var isAll = wanted.Any(name => name is "all" or "everything");
        var isDefault = wanted.Count == 0 || wanted.Contains("default");
        var text = new StringBuilder();
        foreach (var (name, isUsual, write) in Sections)
        {
            if (!isAll && !(isDefault && isUsual) && !wanted.Contains(name.ToLowerInvariant())) continue;
            if (text.Length > 0) text.Append("\r\n");
            Append(text, $"# {name}");
            write(text, server);
        }

        return text.ToString();
    }

    public static void Append(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append("\r\n");

    private static void Server(StringBuilder text, RespServer server)
    {
        var up = Stopwatch.GetElapsedTime(server.StartedAt);
        var status = server.Status();
        Append(text, $"redis_version:{RedisVersion}");
        Append(text, $"redis_git_sha1:00000000");
        Append(text, $"redis_git_dirty:0");
        Append(text, $"redis_mode:cluster");
        Append(text, $"kvcluster_version:{status.Version}");
        Append(text, $"kvcluster_server:{status.Name}");
        Append(text, $"kvcluster_state:{status.State}");
        Append(text, $"os:{System.Runtime.InteropServices.RuntimeInformation.OSDescription}");
        Append(text, $"arch_bits:{IntPtr.Size * 8}");
        Append(text, $"process_id:{Environment.ProcessId}");
        Append(text, $"process_supervised:no");
        Append(text, $"run_id:{RespNodes.IdOf(server)}");
        Append(text, $"tcp_port:{server.Options.RespPort}");
        Append(text, $"server_time_usec:{DateTimeOffset.UtcNow.Ticks / TimeSpan.TicksPerMicrosecond - DateTimeOffset.UnixEpoch.Ticks / TimeSpan.TicksPerMicrosecond}");
        Append(text, $"uptime_in_seconds:{(long)up.TotalSeconds}");
        Append(text, $"uptime_in_days:{(long)up.TotalDays}");
        Append(text, $"executable:{Environment.ProcessPath}");
        Append(text, $"config_file:");
    }

    private static void Clients(StringBuilder text, RespServer server)
    {
        Append(text, $"connected_clients:{server.Sessions.Count}");
        Append(text, $"cluster_connections:{(RespNodes.IsLinked(server, server.Status()) ? 1 : 0)}");
        Append(text, $"maxclients:{RespLimits.ConnectionsMax}");
        Append(text, $"blocked_clients:0");
        Append(text, $"tracking_clients:0");
        Append(text, $"pubsub_clients:{server.Sessions.Values.Count(session => session.Subscriptions.Count > 0)}");
    }

    // The storage engine's memory is beside the runtime's: what the system counts has both.
    private static void Memory(StringBuilder text, RespServer server)
    {
        using var process = Process.GetCurrentProcess();
        var (now, peak, system) = (process.WorkingSet64, process.PeakWorkingSet64, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        Append(text, $"used_memory:{now}");
        Append(text, $"used_memory_human:{Human(now)}");
        Append(text, $"used_memory_rss:{now}");
        Append(text, $"used_memory_rss_human:{Human(now)}");
        Append(text, $"used_memory_peak:{peak}");
        Append(text, $"used_memory_peak_human:{Human(peak)}");
        Append(text, $"used_memory_peak_perc:{100.0 * now / Math.Max(1, peak):0.00}%");
        Append(text, $"total_system_memory:{system}");
        Append(text, $"total_system_memory_human:{Human(system)}");
        Append(text, $"maxmemory:0");
        Append(text, $"maxmemory_human:0B");
        Append(text, $"maxmemory_policy:noeviction");
        Append(text, $"mem_fragmentation_ratio:1.00");
        Append(text, $"mem_allocator:dotnet");
        Append(text, $"kvcluster_managed_memory:{GC.GetTotalMemory(false)}");
    }

    private static void Persistence(StringBuilder text, RespServer server)
    {
        var status = server.Status();
        Append(text, $"loading:{(status.State is ServerState.Starting ? 1 : 0)}");
        Append(text, $"async_loading:0");
        Append(text, $"rdb_bgsave_in_progress:0");
        Append(text, $"aof_enabled:1");
        Append(text, $"aof_rewrite_in_progress:0");
        Append(text, $"aof_last_write_status:{(status.State == ServerState.Failed ? "err" : "ok")}");
        Append(text, $"kvcluster_fsync:{status.Fsync}");
        Append(text, $"kvcluster_log_durable:{status.Durable.Value}");
        Append(text, $"kvcluster_log_applied:{status.Applied.Value}");
    }

    private static void Stats(StringBuilder text, RespServer server)
    {
        Append(text, $"total_connections_received:{server.Connections}");
        Append(text, $"total_commands_processed:{server.Counts.Commands}");
        Append(text, $"instantaneous_ops_per_sec:{server.Counts.Rate}");
        Append(text, $"evicted_keys:0");
        Append(text, $"total_error_replies:{server.Counts.Errors}");
        Append(text, $"pubsub_channels:{server.Hub.Channels.Count()}");
        Append(text, $"pubsub_patterns:{server.Hub.PatternCount}");
    }

    private static void Processor(StringBuilder text, RespServer server)
    {
        using var process = Process.GetCurrentProcess();
        Append(text, $"used_cpu_sys:{process.PrivilegedProcessorTime.TotalSeconds:0.000000}");
        Append(text, $"used_cpu_user:{process.UserProcessorTime.TotalSeconds:0.000000}");
    }

    // No times: the server's metrics have them as histograms.
    private static void CommandStats(StringBuilder text, RespServer server)
    {
        foreach (var (command, calls) in server.Counts.Calls) Append(text, $"cmdstat_{command}:calls={calls}");
    }

    private static void ErrorStats(StringBuilder text, RespServer server)
    {
        foreach (var (prefix, count) in server.Counts.ErrorsByPrefix) Append(text, $"errorstat_{prefix}:count={count}");
    }

    private static void Cluster(StringBuilder text, RespServer server) => Append(text, $"cluster_enabled:1");

    private static void Keyspace(StringBuilder text, RespServer server)
    {
        var keys = KeyspaceCommands.Count(server, out var expiring);
        if (keys > 0) Append(text, $"db0:keys={keys},expires={expiring},avg_ttl=0");
    }

    private static string Human(long bytes) => bytes switch
    {
        < 1L << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes}B"),
        < 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 10):0.00}K"),
        < 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.00}M"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.00}G"),
    };
}
