namespace KvCluster.Client;

/// <summary>What became of a request, as far as a program has to expect it. Everything else is a <see cref="KvClusterException"/>.</summary>
public enum KvStatus
{
    /// <summary>The key exists and the value is here.</summary>
    Found,

    /// <summary>The key does not exist. Nothing was changed.</summary>
    NotFound,

    /// <summary>The key still has the revision that the reader named.</summary>
    NotModified,

    /// <summary>The key did not exist and does now.</summary>
    Created,

    /// <summary>The key existed and was changed.</summary>
    Updated,

    /// <summary>The key does not exist any more, whether it did before or not.</summary>
    Deleted,

    /// <summary>The condition of the write did not hold. Nothing was changed.</summary>
    PreconditionFailed,

    /// <summary>A <c>test</c> operation of a JSON patch did not hold. Nothing was changed.</summary>
    PatchTestFailed,

    /// <summary>A JSON patch does not fit the value it was meant for. Nothing was changed.</summary>
    PatchConflict,

    /// <summary>One operation of a batch failed; its <see cref="KvBatchResult.Error"/> says how.</summary>
    Failed,
}
