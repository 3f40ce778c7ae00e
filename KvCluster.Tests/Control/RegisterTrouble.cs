namespace KvCluster.Tests.Control;

/// <summary>What goes wrong with one compare-and-set. The caller cannot tell the two losses apart.</summary>
internal enum RegisterTrouble
{
    None,

    /// <summary>Nothing was written.</summary>
    RequestLost,

    /// <summary>It was written.</summary>
    ReplyLost,
}
