using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication.Inputs;

/// <summary>Every entry up to here has had its effect on the applied state.</summary>
public sealed record EntriesApplied(LogIndex Index) : ReplicationInput;
