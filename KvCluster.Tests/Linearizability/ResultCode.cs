namespace KvCluster.Tests.Linearizability;

/// <summary>What the client was told.</summary>
public enum ResultCode
{
    /// <summary>Nothing, or that nobody knows: the operation may take effect at any later moment, once, or never.</summary>
    Unknown,

    /// <summary>A read found a value.</summary>
    Found,

    /// <summary>The key did not exist; a delete or read that found nothing.</summary>
    Absent,

    /// <summary>The key did not exist and does now.</summary>
    Created,

    /// <summary>The key existed and was changed.</summary>
    Updated,

    /// <summary>The key existed and is gone.</summary>
    Deleted,
    PreconditionFailed,
}
