namespace KvCluster.Core.Register;

/// <summary>Where a proposer stands in its round.</summary>
internal enum RoundPhase
{
    Idle,

    /// <summary>Looks at what the voters accepted.</summary>
    Query,

    /// <summary>Waits for promises.</summary>
    Prepare,

    /// <summary>Waits for every voter of the next generation to be ready.</summary>
    Ready,

    /// <summary>Waits for votes.</summary>
    Accept,

    /// <summary>Another ballot was in the way.</summary>
    Pause,
}
