using System.Diagnostics;
using System.Globalization;
using System.Text;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Resp;

/// <summary>The text of INFO: sections and names as Redis has them, values as they are here.</summary>
internal static class ServerInfoText
{
    /// <summary>Which Redis' commands this port speaks; clients choose their requests by it.</summary>
    public const string RedisVersion = "7.0.15";

    private static readonly (string Name, Action<StringBuilder, RespServer> Write)[] Sections =
    [
        ("Server", Server), ("Clients", Clients), ("Memory", Memory), ("Persistence", Persistence), ("Stats", Stats),
        ("Replication", Replication), ("CPU", Processor), ("Cluster", Cluster), ("Keyspace", Keyspace),
    ];

    public static bool IsMain(RespServer server) => server.Holder.OwnNode is { } node && node.Main == server.Holder.Self;

    /// <param name="wanted">Names of sections; none for all.</param>
    public static string Write(RespServer server, IReadOnlyCollection<string> wanted)
    {
        var isAll = wanted.Count == 0 || wanted.Any(name => name is "all" or "default" or "everything");
        var text = new StringBuilder();
        foreach (var (name, write) in Sections)
        {
            if (!isAll && !wanted.Contains(name.ToLowerInvariant())) continue;
            if (text.Length > 0) text.Append("\r\n");
            Append(text, $"# {name}");
            write(text, server);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append("\r\n");

    private static void Server(StringBuilder text, RespServer server)
    {
        var up = Stopwatch.GetElapsedTime(server.StartedAt);
        var status = server.Status();
        Append(text, $"redis_version:{RedisVersion}");
        Append(text, $"redis_mode:cluster");
        Append(text, $"kvcluster_version:{status.Version}");
        Append(text, $"kvcluster_server:{status.Name}");
        Append(text, $"kvcluster_state:{status.State}");
        Append(text, $"os:{System.Runtime.InteropServices.RuntimeInformation.OSDescription}");
        Append(text, $"arch_bits:64");
        Append(text, $"process_id:{Environment.ProcessId}");
        Append(text, $"run_id:{RespNodes.IdOf(server)}");
        Append(text, $"tcp_port:{server.Options.RespPort}");
        Append(text, $"uptime_in_seconds:{(long)up.TotalSeconds}");
        Append(text, $"uptime_in_days:{(long)up.TotalDays}");
    }

    private static void Clients(StringBuilder text, RespServer server)
    {
        Append(text, $"connected_clients:{server.Sessions.Count}");
        Append(text, $"maxclients:20000");
        Append(text, $"blocked_clients:0");
        Append(text, $"pubsub_clients:{server.Sessions.Values.Count(session => session.Subscriptions.Count > 0)}");
    }

    private static void Memory(StringBuilder text, RespServer server)
    {
        Append(text, $"used_memory:{GC.GetTotalMemory(false)}");
        Append(text, $"used_memory_rss:{Environment.WorkingSet}");
        Append(text, $"maxmemory:0");
        Append(text, $"maxmemory_policy:noeviction");
        Append(text, $"mem_allocator:dotnet");
    }

    private static void Persistence(StringBuilder text, RespServer server)
    {
        var status = server.Status();
        Append(text, $"loading:{(status.State is ServerState.Starting ? 1 : 0)}");
        Append(text, $"aof_enabled:1");
        Append(text, $"aof_last_write_status:{(status.State == ServerState.Failed ? "err" : "ok")}");
        Append(text, $"rdb_bgsave_in_progress:0");
        Append(text, $"kvcluster_fsync:{status.Fsync}");
        Append(text, $"kvcluster_log_durable:{status.Durable.Value}");
        Append(text, $"kvcluster_log_applied:{status.Applied.Value}");
    }

    private static void Stats(StringBuilder text, RespServer server)
    {
        Append(text, $"total_connections_received:{server.Connections}");
        Append(text, $"total_commands_processed:{server.Commands}");
        Append(text, $"pubsub_channels:{server.Hub.Channels.Count()}");
        Append(text, $"pubsub_patterns:{server.Hub.PatternCount}");
    }

    private static void Replication(StringBuilder text, RespServer server)
    {
        var node = server.Holder.OwnNode;
        var status = server.Status();
        Append(text, $"role:{(IsMain(server) ? "master" : "slave")}");
        if (node is not null && !IsMain(server))
        {
            var (host, port) = RespNodes.Address(node.MainServer);
            Append(text, $"master_host:{host}");
            Append(text, $"master_port:{port}");
            Append(text, $"master_link_status:{(status.State == ServerState.Replica ? "up" : "down")}");
            Append(text, $"slave_read_only:1");
        }

        var others = IsMain(server) ? node?.Servers.Where(other => other.Id != node.Main).ToArray() ?? [] : [];
        Append(text, $"connected_slaves:{others.Count(other => node!.InSync.Contains(other.Id))}");
        for (var i = 0; i < others.Length; i++)
        {
            var (host, port) = RespNodes.Address(others[i]);
            var isInSync = node!.InSync.Contains(others[i].Id);
            Append(text, $"slave{i}:ip={host},port={port},state={(isInSync ? "online" : "wait_bgsave")},offset={status.LogLast.Value - (status.ReplicationLag ?? 0)},lag=0");
        }

        Append(text, $"master_replid:{RespNodes.IdOf(server)}");
        Append(text, $"master_repl_offset:{status.LogLast.Value}");
        Append(text, $"kvcluster_epoch:{status.Epoch.Value}");
        Append(text, $"kvcluster_write_mode:{status.WriteMode}");
    }

    private static void Processor(StringBuilder text, RespServer server)
    {
        using var process = Process.GetCurrentProcess();
        Append(text, $"used_cpu_sys:{process.PrivilegedProcessorTime.TotalSeconds:0.000000}");
        Append(text, $"used_cpu_user:{process.UserProcessorTime.TotalSeconds:0.000000}");
    }

    private static void Cluster(StringBuilder text, RespServer server) => Append(text, $"cluster_enabled:1");

    private static void Keyspace(StringBuilder text, RespServer server)
    {
        var keys = KeyspaceCommands.Count(server, out var expiring);
        if (keys > 0) Append(text, $"db0:keys={keys},expires={expiring},avg_ttl=0");
    }
}
