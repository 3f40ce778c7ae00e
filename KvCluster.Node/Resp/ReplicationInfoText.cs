using System.Text;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Topology;
using static KvCluster.Node.Resp.ServerInfoText;

namespace KvCluster.Node.Resp;

/// <summary>The Replication section of INFO. Offsets are entries of the log, where Redis counts bytes.</summary>
internal static class ReplicationInfoText
{
    public static void Write(StringBuilder text, RespServer server)
    {
        var node = server.Holder.OwnNode;
        var status = server.Status();
        Append(text, $"role:{(IsMain(server) ? "master" : "slave")}");
        if (node is not null && !IsMain(server)) WriteReplica(text, node, status);
        var replicas = node is not null && IsMain(server) && node.ReplicaServer is { } replica && RespNodes.IsLinked(server, status) ? new[] { replica } : [];
        Append(text, $"connected_slaves:{replicas.Length}");
        foreach (var one in replicas)
        {
            // Who is in sync was heard within the grace period, which is below a second.
            var (host, port) = RespNodes.Address(one);
            var state = node!.InSync.Contains(one.Id) ? "online" : "send_bulk";
            Append(text, $"slave0:ip={host},port={port},state={state},offset={status.LogLast.Value - (status.ReplicationLag ?? 0)},lag=0");
        }

        Append(text, $"master_failover_state:no-failover");
        Append(text, $"master_replid:{(node is null ? new string('0', RespNodes.IdLength) : RespNodes.HistoryOf(server.Holder.Current!.ClusterId, node))}");
        Append(text, $"master_replid2:{new string('0', RespNodes.IdLength)}");
        Append(text, $"master_repl_offset:{status.LogLast.Value}");
        Append(text, $"second_repl_offset:-1");
        Append(text, $"repl_backlog_active:1");
        Append(text, $"repl_backlog_first_byte_offset:{status.LogFirst.Value}");
        Append(text, $"repl_backlog_histlen:{Math.Max(0, status.LogLast.Value - status.LogFirst.Value + 1)}");
        Append(text, $"kvcluster_epoch:{status.Epoch.Value}");
        Append(text, $"kvcluster_write_mode:{status.WriteMode}");
    }

    private static void WriteReplica(StringBuilder text, NodeInfo node, ServerStatus status)
    {
        var (host, port) = RespNodes.Address(node.MainServer);
        Append(text, $"master_host:{host}");
        Append(text, $"master_port:{port}");
        Append(text, $"master_link_status:{(status.State == ServerState.Replica ? "up" : "down")}");
        Append(text, $"master_sync_in_progress:{(status.State == ServerState.CatchingUp ? 1 : 0)}");
        Append(text, $"slave_read_repl_offset:{status.LogLast.Value}");
        Append(text, $"slave_repl_offset:{status.Applied.Value}");
        Append(text, $"slave_read_only:1");
        Append(text, $"replica_announced:1");
    }
}
