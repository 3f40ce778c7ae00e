namespace KvCluster.Tests.Control;

/// <summary>What goes wrong with one compare-and-set. The caller cannot tell the two losses apart.</summary>
internal enum RegisterTrouble
{
    None,

    /// <summary>Nothing was written.</summary>
    RequestLost,

    /// <summary>It was written.</summary>
    ReplyLost,

    /// <summary>It was written and nobody reaches the register any more.</summary>
    ReplyLostForGood,

    /// <summary>Another attempt of the same request, with another document, is what was decided.</summary>
    OtherAttemptDecided,

    /// <summary>The connection broke in the middle of the answer.</summary>
    Broken,

    /// <summary>A new voter did not say that it is ready.</summary>
    NotReady,
}
