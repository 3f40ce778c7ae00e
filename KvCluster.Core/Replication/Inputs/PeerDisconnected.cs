namespace KvCluster.Core.Replication.Inputs;

/// <summary>The connection to the other server broke: whatever was under way on it may be lost.</summary>
public sealed record PeerDisconnected : ReplicationInput;
