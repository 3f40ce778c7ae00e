using KvCluster.Core.Register;
using KvCluster.Core.Replication;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Simulation;

/// <summary>Everything that a seed decides about its world before it begins: size, faults, speeds and option values, some of them extreme.</summary>
internal sealed record WorldPlan
{
    private const FaultKind Rare = FaultKind.Relaxed | FaultKind.WipedDisks | FaultKind.WallJumps;

    public required ulong Seed { get; init; }
    public int Nodes { get; init; } = 1;
    public FaultKind Faults { get; init; }
    public PlantedBugs Bugs { get; init; }
    public RegisterFaults RegisterFaults { get; init; }

    /// <summary>The servers decide on the topology themselves; else a machine does it that never lies.</summary>
    public bool HasRealMasters { get; init; }
    public WriteMode Mode { get; init; }
    public ReplicationOptions Options { get; init; } = new();
    public long LinkMicroseconds { get; init; } = 500;
    public long HealedLinkMicroseconds { get; init; } = 200;
    public int LossPerThousand { get; init; } = 50;
    public int DuplicatesPerThousand { get; init; } = 50;
    public int PreemptionPerHundredThousand { get; init; } = 200;
    public long SyncMicroseconds { get; init; } = 300;

    /// <summary>How many times slower the disk of each node's second server is.</summary>
    public int SlowerDiskFactor { get; init; } = 1;

    /// <summary>When the faults are over, the clients go on until every server has joined again.</summary>
    public bool RecoversUnderLoad { get; init; }
    public long ApplyMicroseconds { get; init; } = 50;
    public int FlushEntries { get; init; } = 20;
    public int ClientsPerNode { get; init; } = 4;

    /// <summary>Share of the clients that send no request ids and so must not repeat what is in doubt.</summary>
    public int NamelessClientsPerThousand { get; init; } = 150;
    /// <summary>How long a client waits for an answer before it asks again.</summary>
    public int AttemptBeacons { get; init; } = 6;
    public int KeysPerNode { get; init; } = 5;

    /// <summary>How long faults happen, in beacons.</summary>
    public int FaultBeacons { get; init; } = 120;

    /// <summary>A world that is not over by then never will be: the largest ones take a tenth of it.</summary>
    public long EventsMax { get; init; } = 600_000;

    /// <summary>Mean pause between two strikes, in beacons.</summary>
    public int StrikeBeacons { get; init; } = 8;

    /// <summary>Mean pause of a client between two operations, in microseconds.</summary>
    public long ThinkMicroseconds { get; init; } = 100_000;

    /// <summary>One world in eight is drawn under a profile, so that states which chance alone seldom reaches are in every long run; one in three has masters that die.</summary>
    public static WorldPlan Draw(ulong seed)
    {
        var random = new SimRandom(~seed);
        var plan = Draw(seed, random.Below(8) == 0 ? random.Pick(WorldProfile.All) : WorldProfile.Any);
        return random.Below(3) == 0 ? plan.WithRealMasters() : plan;
    }

    public long SyncOf(int server) => server % 2 == 1 ? SyncMicroseconds * SlowerDiskFactor : SyncMicroseconds;

    /// <summary>Three votes need three servers.</summary>
    public WorldPlan WithRealMasters() => this with
    {
        HasRealMasters = true,
        Nodes = Math.Max(2, Nodes),
        Faults = Seed % 2 == 0 ? Faults | FaultKind.VoterChanges : Faults,
    };

    public static WorldPlan Draw(ulong seed, WorldProfile profile)
    {
        var plan = DrawFreely(seed);
        return profile.Shape(plan with { Faults = plan.Faults | profile.Faults });
    }

    private static WorldPlan DrawFreely(ulong seed)
    {
        var random = new SimRandom(seed);
        var nodes = random.Below(100) switch { < 65 => 1, < 88 => 2, _ => 3 };
        var options = DrawOptions(random);
        var beacon = options.BeaconMicroseconds;
        return new WorldPlan
        {
            Seed = seed,
            Nodes = nodes,
            Faults = DrawFaults(random),
            Mode = random.Below(5) == 0 ? WriteMode.Strict : WriteMode.InSync,
            Options = options,
            LinkMicroseconds = random.Pick<long>([50, 300, 1_000, beacon / 20, beacon / 8, beacon / 4]),
            LossPerThousand = random.Pick([5, 30, 100, 250]),
            DuplicatesPerThousand = random.Pick([5, 50, 200]),
            PreemptionPerHundredThousand = random.Pick([50, 200, 1_000]),
            SyncMicroseconds = random.Pick<long>([30, 300, 3_000, beacon / 8, beacon]),
            ApplyMicroseconds = random.Pick<long>([5, 50, 1_000, beacon / 10]),
            FlushEntries = random.Pick([1, 5, 30, 1_000]),
            ClientsPerNode = (int)random.Between(2, 5),
            KeysPerNode = (int)random.Between(3, 6),
            FaultBeacons = (int)random.Between(60, 200) / nodes,
            StrikeBeacons = random.Pick([2, 5, 10, 25]),
            ThinkMicroseconds = random.Pick([beacon / 8, beacon / 2, beacon]),
        };
    }

    // Half of the kinds, so that no fault can hide behind another one for ever.
    private static FaultKind DrawFaults(SimRandom random)
    {
        var faults = FaultKind.None;
        var perThousand = random.Pick([150, 300, 500]);
        for (var bit = 0; 1 << bit < (int)FaultKind.VoterChanges; bit++)
        {
            var kind = (FaultKind)(1 << bit);
            if (random.Chance((kind & Rare) != 0 ? perThousand / 3 : perThousand)) faults |= kind;
        }

        return faults;
    }

    private static ReplicationOptions DrawOptions(SimRandom random)
    {
        var beacon = random.Pick<long>([20_000, 50_000, 100_000, 100_000, 200_000]);
        var lease = beacon * random.Between(3, 7);
        return new ReplicationOptions
        {
            BeaconMicroseconds = beacon,
            LeaseMicroseconds = lease,
            GraceMicroseconds = lease * random.Pick([125, 150, 150, 200]) / 100,
            WriteTimeoutMicroseconds = lease * random.Between(1, 8),
            ProposalRetryMicroseconds = random.Pick([beacon / 2, beacon * 3 / 2, beacon * 3]),
            InFlightEntriesMax = random.Pick([3, 20, 65_536]),
            TailBytesMax = random.Pick<long>([1, 500, 5_000, 32 << 20]),
            AppendBytesMax = random.Pick([1, 200, 1_000, 1 << 20]),
            WindowBytesMax = random.Pick<long>([1, 500, 5_000, 16 << 20]),
            JoinLagMax = random.Pick([0, 2, 1_024]),
            SnapshotChunkBytes = random.Pick([1, 100, 1_000, 256 << 10]),
            SnapshotWindow = random.Pick([1, 3, 8]),
            SnapshotBytesPerSecond = random.Pick<long>([5_000, 128 << 20]),
            CatchUpBytesPerSecond = random.Pick<long>([500_000_000 / beacon, 5_000_000_000 / beacon, 16 << 20]),
            LogEntriesKept = random.Pick<long>([1, 10, 50, 4_000_000]),
            RejoinBackoffMicroseconds = random.Pick([0, beacon / 4, beacon * 2]),
        };
    }
}
