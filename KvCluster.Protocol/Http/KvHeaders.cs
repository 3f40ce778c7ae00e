namespace KvCluster.Protocol.Http;

/// <summary>HTTP header names beyond the standard ones.</summary>
public static class KvHeaders
{
    /// <summary>How many durable copies the write had when it was acknowledged.</summary>
    public const string Copies = "X-Kv-Copies";

    /// <summary><c>main</c> or <c>replica</c>: who answered a read.</summary>
    public const string Source = "X-Kv-Source";

    /// <summary>Milliseconds by which a replica's answer may be behind.</summary>
    public const string StalenessMilliseconds = "X-Kv-Staleness-Ms";

    /// <summary>Version of the topology the server knows; on every response.</summary>
    public const string TopologyVersion = "X-Kv-Topology-Version";

    /// <summary>Lineage of that topology, on every response since an operator restored the register; a version counts only within its lineage.</summary>
    public const string TopologyLineage = "X-Kv-Topology-Lineage";

    /// <summary>Id of the cluster; on every response, and on requests between servers, which refuse another one.</summary>
    public const string ClusterId = "X-Kv-Cluster-Id";

    /// <summary>When the key expires, as Unix milliseconds.</summary>
    public const string ExpiresAt = "X-Kv-Expires-At";

    public const string IdempotencyKey = "Idempotency-Key";
}
