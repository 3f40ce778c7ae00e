namespace KvCluster.Core.Replication.Effects;

/// <summary>Remember that this log belongs to this lineage.</summary>
public sealed record SaveLineageEffect(int Lineage) : ReplicationEffect;
