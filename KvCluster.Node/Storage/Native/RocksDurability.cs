namespace KvCluster.Node.Storage.Native;

internal enum RocksDurability
{
    /// <summary>In the write-ahead log, durable with its next sync.</summary>
    Logged,

    /// <summary>On the disk when the call returns. Everybody else's writes wait for it: not for hot paths.</summary>
    Synced,

    /// <summary>In memory until the family is flushed; the replication log brings it back.</summary>
    WithoutLog,
}
