namespace KvCluster.Tests.Simulation;

/// <summary>Kinds of trouble; each seed switches a random subset on.</summary>
[Flags]
internal enum FaultKind
{
    None = 0,

    /// <summary>Messages get lost, doubled, overtaken, as if no TCP were there.</summary>
    Loss = 1 << 0,
    Duplication = 1 << 1,
    Reordering = 1 << 2,
    Partitions = 1 << 3,
    OneWayPartitions = 1 << 4,

    /// <summary>A link delivers nothing for a while, then everything.</summary>
    Clogs = 1 << 5,
    Disconnects = 1 << 6,

    /// <summary>SIGSTOP: the process stands still, its clocks and its sockets do not.</summary>
    Pauses = 1 << 7,

    /// <summary>A thread loses the processor between any two things it does.</summary>
    Preemption = 1 << 8,

    /// <summary>SIGKILL: what the operating system has is kept.</summary>
    Kills = 1 << 9,

    /// <summary>What was not synced is gone, or torn.</summary>
    PowerLoss = 1 << 10,
    BothDown = 1 << 11,
    SlowDisks = 1 << 12,
    DiskFailures = 1 << 13,
    FullDisks = 1 << 14,
    WipedDisks = 1 << 15,
    ClockRates = 1 << 16,
    WallJumps = 1 << 17,
    HandOvers = 1 << 18,
    ModeChanges = 1 << 19,
    Relaxed = 1 << 20,
    MasterAway = 1 << 21,
    MasterLoss = 1 << 22,
    ClientLoss = 1 << 23,
    SlowApplier = 1 << 24,

    /// <summary>The voters are changed without need; only where the servers decide themselves.</summary>
    VoterChanges = 1 << 25,

    /// <summary>A store is put back as it was some time before.</summary>
    OldDisks = 1 << 26,

    /// <summary>An operator makes a server main that is not in sync, whose main is dead.</summary>
    ForcedPromotions = 1 << 27,

    /// <summary>An operator takes servers out, dead or alive, and lets them in again with an empty disk; only where the servers decide themselves.</summary>
    Removals = 1 << 28,
}
