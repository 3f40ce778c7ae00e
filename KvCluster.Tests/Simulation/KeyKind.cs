namespace KvCluster.Tests.Simulation;

/// <summary>What a key of the workload is used for; the kinds do not mix, so that every answer can be judged.</summary>
internal enum KeyKind
{
    Register,
    Counter,
    Document,

    /// <summary>Two keys of one slot that are written together, in one entry, and read at one moment.</summary>
    Pair,
}
