using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Register;

/// <summary>How the documents of a simulation are told apart.</summary>
/// <param name="IsSame">Two documents of one version, generation and set of voters are the same also in all the rest.</param>
/// <param name="IsMadeFrom">Whether the second was made from the first by this request.</param>
internal sealed record DocumentRules(Func<ClusterTopology, ClusterTopology, bool> IsSame, Func<ClusterTopology, ClusterTopology, Guid, bool> IsMadeFrom);
