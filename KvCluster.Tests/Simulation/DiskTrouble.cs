namespace KvCluster.Tests.Simulation;

internal enum DiskTrouble
{
    None,

    /// <summary>Writes and syncs fail; what was not synced may be there or not.</summary>
    Failing,

    /// <summary>No space left; what is there stays readable.</summary>
    Full,
}
