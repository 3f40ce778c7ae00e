namespace KvCluster.Client;

/// <summary>Who answered a read.</summary>
public enum KvSource
{
    /// <summary>The main: the newest acknowledged value.</summary>
    Main,

    /// <summary>The replica: a value that was true at most the stated staleness ago.</summary>
    Replica,
}
