using System.Reflection;
using KvCluster.Core.Replication;
using KvCluster.Node.Control;
using KvCluster.Node.Options;
using KvCluster.Node.Replication;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Slots;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Host;

/// <summary>What this server says of itself.</summary>
internal sealed class StatusReporter(KvNodeOptions options, TopologyHolder holder, ServerHost host)
{
    private static readonly string Version = typeof(StatusReporter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    public ServerStatus Report()
    {
        var topology = holder.Current;
        var status = new ServerStatus
        {
            Name = options.Name,
            State = ServerState.Starting,
            Server = holder.Self,
            IsMaster = holder.IsMaster,
            TopologyVersion = topology?.Version ?? 0,
            WriteMode = topology?.Settings.WriteMode ?? options.WriteMode,
            Fsync = FsyncPolicy.Parse(options.Fsync).ToString(),
            ProcessId = Environment.ProcessId,
            Version = Version,
            Reason = topology is null ? "Looking for the master." : null,
        };
        if (options.Kind == ServerKind.Witness && holder.Self.Value != 0) return status with { State = ServerState.Witness, Reason = null };
        return host.Data is { } data ? OfData(status, data, holder.OwnNode) : status;
    }

    private static ServerStatus OfData(ServerStatus status, DataServer data, NodeInfo? node)
    {
        var now = data.Status;
        var isMain = now.Role is ReplicaRole.Main or ReplicaRole.Reconciling;
        var isDegraded = isMain && node is { Servers.Length: 2, InSync.Length: 1 };
        return status with
        {
            State = StateOf(now, data),
            Reason = data.FailureReason ?? (isDegraded ? "One copy only: the replica is out of sync." : null),
            Node = node?.Id ?? default,
            Incarnation = node?.Find(status.Server)?.Incarnation ?? default,
            Epoch = now.Configuration?.Epoch ?? default,
            InSync = now.Configuration?.InSync ?? [],
            IsDegraded = isDegraded,
            Slots = isMain && node is not null ? [.. node.Slots.Where(range => data.Executor.Slots.IsOwn(new Slot(range.First)))] : [],
            LogFirst = now.Base.Index.Next,
            LogLast = now.Last.Index,
            Durable = now.Durable,
            Committed = now.Committed,
            Applied = now.Applied,
            ReplicationLag = isMain && now.PeerMatch is { } match ? now.Last.Index.Value - match.Value : null,
        };
    }

    private static ServerState StateOf(ReplicationStatus now, DataServer data) =>
        data.FailureReason is not null ? ServerState.Failed
        : now.IsPromoting ? ServerState.Promoting
        : now.Role switch
        {
            ReplicaRole.Main => ServerState.Main,
            ReplicaRole.Reconciling => ServerState.Reconciling,
            ReplicaRole.Replica => ServerState.Replica,
            ReplicaRole.Learner => ServerState.CatchingUp,
            ReplicaRole.Failed => ServerState.Failed,
            _ => ServerState.Starting,
        };
}
