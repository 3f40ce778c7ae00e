using System.Collections.Immutable;
using KvCluster.Protocol.Topology;

namespace KvCluster.Protocol.Contracts;

/// <summary><c>GET /cluster/status?scope=cluster</c>: every server asked by the one that answers, unreachable ones named as such.</summary>
public sealed record ClusterStatus(ClusterTopology Topology, bool AllSlotsServed, ImmutableArray<ServerStatus> Servers);
