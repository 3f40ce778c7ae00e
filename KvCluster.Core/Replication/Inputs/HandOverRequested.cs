namespace KvCluster.Core.Replication.Inputs;

/// <summary>An operator, or this server's own shutdown, wants the replica to be main.</summary>
public sealed record HandOverRequested(long Token) : ReplicationInput;
