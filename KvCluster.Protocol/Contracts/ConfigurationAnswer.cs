using KvCluster.Protocol.Topology;

namespace KvCluster.Protocol.Contracts;

/// <summary>The decision on a <see cref="ConfigurationChange"/>, with the topology in force after it.</summary>
public sealed record ConfigurationAnswer(bool Granted, string? Reason, ClusterTopology Topology);
