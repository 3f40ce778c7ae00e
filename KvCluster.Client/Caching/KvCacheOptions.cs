namespace KvCluster.Client.Caching;

/// <summary>How a cache lives in the cluster.</summary>
public sealed class KvCacheOptions
{
    /// <summary>Stands before every key of the cache, so that it shares a cluster with other data.</summary>
    public string KeyPrefix { get; set; } = "cache/";
}
