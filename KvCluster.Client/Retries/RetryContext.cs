using KvCluster.Client.Diagnostics;
using KvCluster.Client.Topology;

namespace KvCluster.Client.Retries;

/// <summary>What all calls share when they have to try again.</summary>
internal sealed record RetryContext(ClusterTopologyManager Topology, RetryBudget Budget, ClientMetrics Metrics, TimeProvider Time, TimeSpan TimeBudget);
