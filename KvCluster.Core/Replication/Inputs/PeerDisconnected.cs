namespace KvCluster.Core.Replication.Inputs;

/// <summary>A connection to the other server broke or began anew: whatever was under way before may be lost.</summary>
public sealed record PeerDisconnected : ReplicationInput;
