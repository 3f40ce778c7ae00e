namespace KvCluster.Benchmarks.Cluster;

/// <summary>Which cluster to measure, as the user said it.</summary>
/// <param name="StateFile">State file of an AppHost that runs.</param>
/// <param name="Url">Any server of a cluster that runs.</param>
/// <param name="Slaves">With neither: start a throw-away cluster with so many nodes beside the master node.</param>
internal sealed record ClusterChoice(string? StateFile, Uri? Url, int Slaves);
