namespace KvCluster.Node.Replication;

/// <summary>How soon a mailbox's reader has to see an item.</summary>
internal enum Urgency : byte
{
    /// <summary>Gains nothing from being seen before what is under way has ended.</summary>
    Gathers,

    /// <summary>The word of this server's own disk.</summary>
    Disk,

    Now,
}
