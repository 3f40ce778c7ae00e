namespace KvCluster.Core.Replication.Effects;

/// <summary>
/// Until when reads may be answered as main, and since when a replica's state is known to be fresh; both in this process's monotonic microseconds.
/// Must reach readers before any later effect is carried out.
/// </summary>
/// <param name="LeaseUntil">Zero: not serving. <see cref="long.MaxValue"/>: alone, nobody can be promoted past this server.</param>
/// <param name="FreshAsOf">Everything committed before this moment is applied here; zero: unknown.</param>
public sealed record PublishReadPermitEffect(long LeaseUntil, long FreshAsOf) : ReplicationEffect;
