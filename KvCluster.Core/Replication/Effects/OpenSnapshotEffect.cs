namespace KvCluster.Core.Replication.Effects;

/// <summary>Freeze the applied state; the answer is <see cref="Inputs.SnapshotOpened"/>.</summary>
public sealed record OpenSnapshotEffect : ReplicationEffect;
