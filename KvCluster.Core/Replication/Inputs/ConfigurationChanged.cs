namespace KvCluster.Core.Replication.Inputs;

/// <summary>The topology says this about the node. Null when this server is in no node.</summary>
public sealed record ConfigurationChanged(NodeConfiguration? Configuration) : ReplicationInput;
