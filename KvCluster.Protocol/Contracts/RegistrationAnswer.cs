using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Protocol.Contracts;

/// <summary>What a registered server is. Its node and role stand in the topology.</summary>
public sealed record RegistrationAnswer(ServerId Server, Incarnation Incarnation, ClusterTopology Topology);
