namespace KvCluster.Core.Replication.Inputs;

/// <summary>An operator, or this server's own shutdown, wants the replica to be main.</summary>
/// <param name="IsLeaving">This server goes away afterwards: the new main shall not wait for it.</param>
public sealed record HandOverRequested(long Token, bool IsLeaving) : ReplicationInput;
