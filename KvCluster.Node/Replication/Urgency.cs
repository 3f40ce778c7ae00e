namespace KvCluster.Node.Replication;

/// <summary>How soon the core has to be told an input.</summary>
internal enum Urgency : byte
{
    /// <summary>Gains nothing from being seen before what is under way has ended.</summary>
    Gathers,

    /// <summary>The word of this server's own disk.</summary>
    Disk,

    Now,
}
