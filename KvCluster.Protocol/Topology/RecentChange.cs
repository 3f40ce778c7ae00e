namespace KvCluster.Protocol.Topology;

/// <summary>Which request made a version; kept for a window so that a repeated compare-and-set can be answered truthfully.</summary>
public readonly record struct RecentChange(long Version, Guid RequestId);
