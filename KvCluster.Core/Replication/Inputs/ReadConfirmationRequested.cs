namespace KvCluster.Core.Replication.Inputs;

/// <summary>A read found the lease in doubt and asks whether this server is still main.</summary>
public sealed record ReadConfirmationRequested(long Token) : ReplicationInput;
