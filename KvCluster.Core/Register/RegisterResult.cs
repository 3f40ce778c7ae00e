using KvCluster.Protocol.Topology;

namespace KvCluster.Core.Register;

/// <summary>How an operation ended.</summary>
/// <param name="Document">The decided document that says so.</param>
public readonly record struct RegisterResult(RegisterResultKind Kind, ClusterTopology? Document);
