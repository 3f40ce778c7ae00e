namespace KvCluster.Hosting.Sight;

/// <summary>What the machine does with a server's process.</summary>
internal enum ServerProcessState
{
    /// <summary>The server has not named its process yet: it starts, or never did.</summary>
    Unknown,
    Running,

    /// <summary>Stopped by a signal; it holds its ports and answers nobody.</summary>
    Paused,

    /// <summary>The process that it named is gone.</summary>
    Ended,
}
