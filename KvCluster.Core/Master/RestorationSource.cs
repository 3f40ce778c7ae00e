using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Topology;

namespace KvCluster.Core.Master;

/// <summary>The newest document that anybody who is left holds.</summary>
/// <param name="From">Who holds it.</param>
/// <param name="IsVote">It is accepted there; whether it was decided nobody in reach knows.</param>
public sealed record RestorationSource(ClusterTopology Document, SurvivorAnswer From, bool IsVote);
