namespace KvCluster.Core.Replication.Inputs;

/// <summary>The disk can no longer be trusted; this server stops taking part.</summary>
public sealed record StorageFailed(string Reason) : ReplicationInput;
