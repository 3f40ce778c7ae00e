using KvCluster.Core.Register;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;

namespace KvCluster.Tests.Simulation;

/// <summary>One machine: a disk and clocks that outlive the processes that run on it, one after the other.</summary>
internal sealed class SimServer(SimWorld world, SimNode node, int number, SimClock clock)
{
    private int _stores;
    private long? _wipedAt;

    public int Number => number;
    public SimNode Node => node;
    public SimClock Clock => clock;
    public SimDisk Disk { get; private set; } = NewDisk(world.Random.NextGuid());
    public SimProcess? Process { get; private set; }
    public string Name => $"{node.Name}-{number}";
    public string Peer => $"{Name}:90";

    /// <summary>A wiped disk is a new store and so a new server, which takes the old one's place.</summary>
    public bool IsWiped { get; private set; }
    public bool WasJustWiped => _wipedAt is { } at && world.Now - at < 5_000_000;
    public long StartedAt { get; private set; }
    public long DiedAt { get; private set; }

    /// <summary>The id under which the topology knows this store; none before its first registration.</summary>
    public ServerId? Id => world.Master.Topology.FindServer(Disk.Store)?.Id;

    /// <summary>How many disks this machine lost.</summary>
    public int Stores => _stores;
    public bool IsUp => Process is { IsAlive: true };

    public RegistrationRequest RequestOf(Guid run) => new()
    {
        StoreId = Disk.Store,
        Name = Name,
        Node = node.Name,
        Http = new Uri($"http://{Name}:80"),
        Peer = Peer,
        RunId = run,
    };

    public void Start()
    {
        if (IsUp) return;
        StartedAt = world.Now;
        IsWiped = false;
        world.Trace.Add(world.Now, number, TraceKind.Started, Disk.Log.Last.Value, Disk.Applied.Index.Value);
        Process = new SimProcess(world, this);
        Process.Start();
    }

    /// <summary>SIGKILL: what the process had in memory is gone.</summary>
    public void Kill()
    {
        if (Process is not { IsAlive: true } process) return;
        process.Die();
        Disk.LoseProcess(world.Random);
        OnDied(0);
    }

    public void LosePower()
    {
        if (Process is not { IsAlive: true } process) return;
        process.Die();
        var unsynced = Disk.Log.UnsyncedCount;
        var lost = Disk.LosePower(world.Random);
        if (lost > 0) world.Sightings.Note(Sighting.UnsyncedTailLost);
        if (lost > 0 && lost < unsynced) world.Sightings.Note(Sighting.TailTorn);
        OnDied(lost);
    }

    /// <summary>The disk is replaced by an empty one.</summary>
    public void Wipe()
    {
        Disk = NewDisk(world.Random.NextGuid(), world.Plan.RegisterFaults.HasFlag(RegisterFaults.WipedKeepsId) ? Disk.VoterId : null);
        Disk.SyncMicroseconds = world.Plan.SyncMicroseconds;
        _stores++;
        IsWiped = true;
        _wipedAt = world.Now;
    }

    private static SimDisk NewDisk(Guid id, Guid? voterId = null) => new(new StoreId(id), voterId ?? id);

    private void OnDied(int lost)
    {
        DiedAt = world.Now;
        world.Trace.Add(world.Now, number, TraceKind.Died, lost, Disk.Log.Last.Value);
        node.Oracle.OnDiskChanged(this);
        world.Network.OnProcessDied(this);
    }
}
