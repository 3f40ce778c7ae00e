namespace KvCluster.Core.Replication.Inputs;

/// <summary>No further input is waiting: what was collected is written and sent as one group.</summary>
public sealed record BatchEnded : ReplicationInput;
