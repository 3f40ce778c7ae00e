namespace KvCluster.Core.Register;

/// <summary>How an operation on the register ended. Written and conflict are true for ever.</summary>
public enum RegisterResultKind
{
    /// <summary>The document was the newest at some moment of the read.</summary>
    Read,

    /// <summary>The document of this request is the successor of the expected version.</summary>
    Written,

    /// <summary>Another request made the successor of the expected version; this one never takes effect.</summary>
    Conflict,

    /// <summary>The voters were not changed: a new one did not say that it is ready. This attempt takes no effect.</summary>
    NotReady,

    /// <summary>No majority answered, and nothing was proposed: it takes no effect.</summary>
    Unavailable,

    /// <summary>It may or may not take effect: repeat it under the same request id and expected version.</summary>
    Unknown,
}
