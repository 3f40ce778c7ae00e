namespace KvCluster.AppHost.Sight;

/// <summary>What the machine does with a server's process.</summary>
public enum ServerProcessState
{
    Running,

    /// <summary>Stopped by a signal; it holds its ports and answers nobody.</summary>
    Paused,

    /// <summary>There is no process.</summary>
    Ended,
}
