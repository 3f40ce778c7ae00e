using KvCluster.Protocol.Topology;

namespace KvCluster.Core.Register;

/// <summary>How an operation ended.</summary>
/// <param name="Document">
/// The decided document that says so. With an unknown outcome: the one in which the request's version is too old to be told of. This operation then
/// did nothing; only an earlier one under the same id may have.
/// </param>
public readonly record struct RegisterResult(RegisterResultKind Kind, ClusterTopology? Document);
