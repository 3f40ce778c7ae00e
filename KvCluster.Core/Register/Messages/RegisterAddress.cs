using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Register.Messages;

/// <summary>Which register, and which voter of it. A voter takes part only where its own identity, cluster and lineage are named (R19).</summary>
public readonly record struct RegisterAddress(ClusterId Cluster, int Lineage, long Generation, Guid VoterId);
