namespace KvCluster.Hosting.Sight;

/// <summary>What a user can do to one server while looking at it.</summary>
internal enum ServerAction
{
    /// <summary>Swap main and replica of its node as planned.</summary>
    HandOver,

    /// <summary>End its process at once, as a power cut would.</summary>
    Kill,

    /// <summary>Stop its process where it is, as a frozen machine would.</summary>
    Pause,

    /// <summary>Let a paused process go on.</summary>
    Resume,

    /// <summary>Start it again after it ended.</summary>
    PutBack,

    /// <summary>Ask why its node is not fully protected.</summary>
    Why,
}
