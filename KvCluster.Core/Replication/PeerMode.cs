namespace KvCluster.Core.Replication;

internal enum PeerMode
{
    /// <summary>Asking what its log holds.</summary>
    Probing,

    /// <summary>Sending entries as they come.</summary>
    Streaming,

    /// <summary>Its log cannot be continued: sending a snapshot.</summary>
    Snapshot,
}
