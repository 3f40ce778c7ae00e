namespace KvCluster.Client.Http;

/// <summary>How far one attempt came.</summary>
internal enum AttemptKind
{
    /// <summary>A whole response arrived.</summary>
    Answered,

    /// <summary>No connection could be made: the server cannot have seen the request.</summary>
    NotSent,

    /// <summary>The request may have arrived; no whole response came.</summary>
    NoAnswer,
}
