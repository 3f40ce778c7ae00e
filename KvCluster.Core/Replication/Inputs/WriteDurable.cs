namespace KvCluster.Core.Replication.Inputs;

/// <summary>The persist effect with this number, and every earlier one, is on the disk.</summary>
public sealed record WriteDurable(long WriteId) : ReplicationInput;
