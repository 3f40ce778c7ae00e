namespace KvCluster.Client.Diagnostics;

/// <summary>Why a request is made once more.</summary>
internal enum RetryReason
{
    /// <summary>No node is known for the key.</summary>
    NoRoute,

    /// <summary>No connection to the server.</summary>
    Unreachable,

    /// <summary>The server was asked and did not answer.</summary>
    NoAnswer,

    /// <summary>The server cannot answer now.</summary>
    Refused,

    /// <summary>Five redirects did not end at the right server.</summary>
    Redirected,
}
