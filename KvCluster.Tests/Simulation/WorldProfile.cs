namespace KvCluster.Tests.Simulation;

/// <summary>Kinds of trouble that every world of a sort has, and what else is shaped so that certain rare states come about.</summary>
internal sealed record WorldProfile(string Name, FaultKind Faults, Func<WorldPlan, WorldPlan> Shape)
{
    /// <summary>Whatever the seed draws.</summary>
    public static readonly WorldProfile Any = new("any", FaultKind.None, plan => plan);

    /// <summary>Slow transfers of the state in several chunks to servers that fall behind and die on the way, or just when they have everything.</summary>
    public static readonly WorldProfile Snapshots = new("snapshots", FaultKind.Kills | FaultKind.Pauses, plan => plan with
    {
        FaultBeacons = 300 / plan.Nodes,
        StrikeBeacons = 10,
        FlushEntries = 1,
        LinkMicroseconds = plan.Options.BeaconMicroseconds / 20,
        SyncMicroseconds = plan.Options.BeaconMicroseconds / 4,
        ThinkMicroseconds = plan.Options.BeaconMicroseconds / 2,
        Options = plan.Options with
        {
            LogEntriesKept = 12,
            InFlightEntriesMax = 65_536,
            RejoinBackoffMicroseconds = 0,
            SnapshotChunkBytes = plan.Seed % 2 == 0 ? 500 : 256 << 10,
            SnapshotWindow = 1,
            SnapshotBytesPerSecond = 1_500_000_000 / plan.Options.BeaconMicroseconds,
        },
    });

    /// <summary>The answers of the master come late or not at all, while the in-sync set changes as often as it can.</summary>
    public static readonly WorldProfile LateMaster = new("late master", FaultKind.MasterLoss | FaultKind.MasterAway | FaultKind.Partitions | FaultKind.OneWayPartitions, plan => plan with
    {
        LossPerThousand = 250,
        StrikeBeacons = 2,
        Options = plan.Options with { RejoinBackoffMicroseconds = 0, JoinLagMax = 1_024 },
    });

    /// <summary>Processes die and start again faster than the master hears of them.</summary>
    public static readonly WorldProfile Restarts = new("restarts", FaultKind.Kills | FaultKind.PowerLoss | FaultKind.MasterLoss | FaultKind.Clogs | FaultKind.Duplication | FaultKind.Reordering, plan => plan with
    {
        StrikeBeacons = 2,
        DuplicatesPerThousand = 200,
    });

    /// <summary>Disks lose what was not synced, slowly enough that there is something to lose, while late messages of dead runs arrive.</summary>
    public static readonly WorldProfile LostTails = new("lost tails", FaultKind.PowerLoss | FaultKind.Clogs | FaultKind.Duplication | FaultKind.Reordering | FaultKind.SlowDisks, plan => plan with
    {
        StrikeBeacons = 2,
        DuplicatesPerThousand = 200,
        LinkMicroseconds = plan.Options.BeaconMicroseconds / 4,
        SyncMicroseconds = plan.Options.BeaconMicroseconds / 2,
        ThinkMicroseconds = plan.Options.BeaconMicroseconds / 8,
        Options = plan.Options with { AppendBytesMax = 1, WindowBytesMax = 16 << 20, InFlightEntriesMax = 65_536 },
    });

    /// <summary>Writes on one disk only, and the loss of that disk's server.</summary>
    public static readonly WorldProfile RelaxedWrites = new("relaxed writes", FaultKind.Relaxed | FaultKind.ModeChanges | FaultKind.Partitions | FaultKind.Pauses, plan => plan with
    {
        StrikeBeacons = 4,
        ThinkMicroseconds = plan.Options.BeaconMicroseconds / 8,
        Options = plan.Options with { CatchUpBytesPerSecond = 16 << 20 },
    });

    /// <summary>Disks are exchanged for empty ones all the time.</summary>
    public static readonly WorldProfile WipedDisks = new("wiped disks", FaultKind.WipedDisks | FaultKind.Kills, plan => plan with { StrikeBeacons = 4 });

    /// <summary>Reigns end and begin by hand-over, loss and pause, with readers whose threads stand still.</summary>
    public static readonly WorldProfile Reigns = new("reigns", FaultKind.HandOvers | FaultKind.Pauses | FaultKind.Preemption | FaultKind.SlowApplier | FaultKind.Partitions, plan => plan with
    {
        StrikeBeacons = 4,
        PreemptionPerHundredThousand = 1_000,
        NamelessClientsPerThousand = 500,
        AttemptBeacons = 30,
        ClientsPerNode = 6,
        ThinkMicroseconds = plan.Options.BeaconMicroseconds / 4,
        Options = plan.Options with { WriteTimeoutMicroseconds = plan.Options.LeaseMicroseconds * 8, InFlightEntriesMax = 65_536 },
    });

    /// <summary>The servers decide themselves, and the masters among them die, alone or with a main, and lose their disks.</summary>
    public static readonly WorldProfile Masters = new("masters", FaultKind.VoterChanges | FaultKind.MasterAway | FaultKind.Kills | FaultKind.WipedDisks | FaultKind.Partitions | FaultKind.ModeChanges, plan => plan.WithRealMasters() with
    {
        StrikeBeacons = 6,
        FaultBeacons = 250 / Math.Max(2, plan.Nodes),
        ThinkMicroseconds = plan.Options.BeaconMicroseconds / 2,
    });

    /// <summary>Stores are put back as they were in an earlier run or a while ago. Nothing else goes wrong: more than one fault at a time may lose data.</summary>
    public static readonly WorldProfile OldDisks = new("old disks", FaultKind.OldDisks, plan => plan with
    {
        Faults = FaultKind.OldDisks,
        StrikeBeacons = 6,
        FaultBeacons = 200 / plan.Nodes,
        ThinkMicroseconds = plan.Options.BeaconMicroseconds / 4,
        LinkMicroseconds = plan.Options.BeaconMicroseconds / 100,
        SyncMicroseconds = plan.Options.BeaconMicroseconds / 100,
        FlushEntries = plan.Seed % 2 == 0 ? 5 : 1_000,
        Options = plan.Options with { RejoinBackoffMicroseconds = 0 },
    });

    /// <summary>The same where the servers decide themselves, while masters die and voters change; now and then an operator promotes by force.</summary>
    public static readonly WorldProfile OldDisksOfMasters = new("old disks of masters", FaultKind.OldDisks, plan => plan.WithRealMasters() with
    {
        Faults = FaultKind.OldDisks | FaultKind.VoterChanges | FaultKind.Kills | (plan.Seed % 2 == 0 ? FaultKind.MasterAway : FaultKind.ModeChanges) | (plan.Seed % 3 == 0 ? FaultKind.ForcedPromotions : FaultKind.None),
        StrikeBeacons = 5,
        FaultBeacons = 400 / Math.Max(2, plan.Nodes),
        ThinkMicroseconds = plan.Options.BeaconMicroseconds / 2,
        LinkMicroseconds = plan.Options.BeaconMicroseconds / 100,
        SyncMicroseconds = plan.Options.BeaconMicroseconds / 100,
        FlushEntries = plan.Seed % 2 == 0 ? 5 : 1_000,
        Options = plan.Options with { RejoinBackoffMicroseconds = 0 },
    });

    /// <summary>Servers are taken out and let in again as new ones, while masters die, voters change and nodes fail over.</summary>
    public static readonly WorldProfile Removals = new("removals", FaultKind.Removals, plan => plan.WithRealMasters() with
    {
        Faults = FaultKind.Removals | FaultKind.VoterChanges | FaultKind.HandOvers | (plan.Faults & ~(FaultKind.WipedDisks | FaultKind.Relaxed)) | (plan.Seed % 2 == 0 ? FaultKind.MasterAway : FaultKind.Kills),
        StrikeBeacons = 5,
        FaultBeacons = 250 / Math.Max(2, plan.Nodes),
        ThinkMicroseconds = plan.Options.BeaconMicroseconds / 2,
    });

    /// <summary>More clients than one disk can make wait, and the other disk is slower.</summary>
    public static readonly WorldProfile SteadyLoad = new("steady load", FaultKind.Kills, plan => plan with
    {
        Nodes = 1,
        Faults = FaultKind.Kills,
        RecoversUnderLoad = true,
        SlowerDiskFactor = 20,
        SyncMicroseconds = plan.Options.BeaconMicroseconds / 200,
        LinkMicroseconds = plan.Options.BeaconMicroseconds / 200,
        HealedLinkMicroseconds = plan.Options.BeaconMicroseconds / 200,
        ApplyMicroseconds = 5,
        ThinkMicroseconds = plan.Options.BeaconMicroseconds / 200,
        ClientsPerNode = 8,
        KeysPerNode = 12,
        StrikeBeacons = 15,
        FaultBeacons = 40,
        EventsMax = 3_000_000,
        Options = new Core.Replication.ReplicationOptions
        {
            BeaconMicroseconds = plan.Options.BeaconMicroseconds,
            LeaseMicroseconds = plan.Options.LeaseMicroseconds,
            GraceMicroseconds = plan.Options.GraceMicroseconds,
        },
    });

    /// <summary>Learners that are being filled are promoted by an operator, because their main is dead.</summary>
    public static readonly WorldProfile ForcedPromotions = new("forced promotions", FaultKind.ForcedPromotions | FaultKind.Kills, plan => Snapshots.Shape(plan));

    public static IReadOnlyList<WorldProfile> All => [Snapshots, LateMaster, Restarts, LostTails, RelaxedWrites, WipedDisks, Reigns, Masters, OldDisks, OldDisksOfMasters, Removals, SteadyLoad, ForcedPromotions];

    public static WorldProfile Named(string name) => All.Append(Any).Single(profile => profile.Name == name);
}
