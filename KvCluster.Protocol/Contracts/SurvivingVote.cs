using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Protocol.Contracts;

/// <summary>What a vote holds of its newest generation: accepted there, decided or not.</summary>
/// <param name="Counter">With <paramref name="Proposer"/> and <paramref name="Run"/> the ballot under which it was accepted.</param>
public sealed record SurvivingVote(int Lineage, long Generation, long Counter, ServerId Proposer, ulong Run, ClusterTopology Document);
