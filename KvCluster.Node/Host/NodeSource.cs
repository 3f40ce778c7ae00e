using KvCluster.Core.Replication;
using KvCluster.Node.Control;
using KvCluster.Node.Diagnostics;
using KvCluster.Node.Replication;
using KvCluster.Protocol.Contracts;

namespace KvCluster.Node.Host;

/// <summary>Reads the gauges' values off the running server; before it has data they are zero.</summary>
internal sealed class NodeSource(StatusReporter reporter, ServerHost host, TopologyHolder holder) : INodeSource
{
    public string State => NameOf(reporter.Report().State);
    public bool IsDegraded => reporter.Report().IsDegraded;
    public long LagEntries => Main is { PeerMatch: { } match } main ? main.Last.Index.Value - match.Value : 0;
    public double? LagSeconds => Main is { } main ? main.PeerLagMicroseconds / 1_000_000d : Staleness;
    public long BacklogBytes => Main?.PeerBacklogBytes ?? 0;
    public int InSync => Main?.Configuration?.InSync.Length ?? 0;
    public long CatchUpEntries => Main is { Configuration: { Members.Length: > 1, InSync.Length: 1 } } main ? main.Last.Index.Value - (main.PeerMatch?.Value ?? 0) : 0;
    public long LogBytes => host.AskStorage(storage => storage.LogBytes);
    public long LogEntries => Status is { } status ? status.Last.Index.Value - status.Base.Index.Value : 0;
    public long Keys => host.Data?.Executor.Keys ?? 0;
    public long TopologyVersion => holder.Current?.Version ?? 0;

    public static string NameOf(ServerState state) => state == ServerState.CatchingUp ? "catching_up" : state.ToString().ToLowerInvariant();

    private ReplicationStatus? Status => host.Data?.Status;
    private ReplicationStatus? Main => Status is { Role: ReplicaRole.Main or ReplicaRole.Reconciling } main ? main : null;

    private double? Staleness =>
        Status is not { Role: ReplicaRole.Replica or ReplicaRole.Learner } ? 0
        : ReadPermit.StalenessMilliseconds(host.Data!.Permit.Draw(), MonotonicClock.Microseconds) / 1_000d;
}
