namespace KvCluster.Benchmarks.Load;

/// <summary>What a connection that could be read gave.</summary>
internal enum ReceiveResult
{
    /// <summary>A part of the answer; more is needed.</summary>
    Incomplete,

    /// <summary>The whole answer.</summary>
    Answered,

    /// <summary>The connection has ended.</summary>
    Lost,
}
