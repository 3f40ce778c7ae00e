namespace KvCluster.Core.Replication.Inputs;

/// <summary>Nothing happened but time.</summary>
public sealed record TimePassed : ReplicationInput;
