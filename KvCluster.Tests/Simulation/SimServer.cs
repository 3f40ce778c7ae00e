using KvCluster.Core.Register;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;

namespace KvCluster.Tests.Simulation;

/// <summary>One machine: a disk and clocks that outlive the processes that run on it, one after the other.</summary>
internal sealed class SimServer(SimWorld world, SimNode node, int number, SimClock clock)
{
    private int _stores;
    private long? _wipedAt;
    private SimDisk? _imageOfEarlierRun;
    private SimDisk? _image;
    private SimDisk? _newest;

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

    /// <summary>The disk was taken back to an earlier state, and nobody has made that good yet.</summary>
    public bool IsOutdated { get; set; }

    /// <summary>To a state of the run before the present one, which only a comparison of the logs tells.</summary>
    public bool IsOutdatedByLastRun { get; private set; }

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
        KnownRuns = [.. Disk.Runs.Where(known => known != run)],
    };

    public void Start()
    {
        if (IsUp) return;
        StartedAt = world.Now;
        IsWiped = false;
        _imageOfEarlierRun = Disk.Runs.Count == 0 ? null : Disk.Image();
        _image = null;
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
        Disk.SyncMicroseconds = world.Plan.SyncOf(number);
        _stores++;
        IsWiped = true;
        IsOutdated = false;
        (_image, _imageOfEarlierRun) = (null, null);
        _wipedAt = world.Now;
    }

    /// <summary>Only the store: what the server knows of the cluster, and its vote, stay.</summary>
    public void SetStoreAside()
    {
        var (topology, vote, voterId) = (Disk.Topology, Disk.Vote, Disk.VoterId);
        Disk = NewDisk(world.Random.NextGuid(), voterId);
        (Disk.Topology, Disk.Vote, Disk.SyncMicroseconds) = (topology, vote, world.Plan.SyncOf(number));
        _stores++;
        (IsOutdated, _wipedAt) = (false, world.Now);
        (_image, _imageOfEarlierRun) = (null, null);
    }

    /// <summary>Makes a backup that may be put back later in this run.</summary>
    public void TakeImage() => _image = Disk.Image();

    /// <summary>Puts a backup in the place of the store. Only while no process runs.</summary>
    /// <param name="losesVote">Whoever puts a folder back must not put a vote back: it stays as it is, or is gone.</param>
    /// <returns>False when there is none.</returns>
    public bool TryRollBack(bool isOfThisRun, bool losesVote)
    {
        if ((isOfThisRun ? _image : _imageOfEarlierRun) is not { } image) return false;
        image.Vote = Disk.Vote;
        if (losesVote) image.LoseVote(world.Random.NextGuid());
        Disk = image;
        (_image, _imageOfEarlierRun) = (null, null);
        (IsOutdated, IsOutdatedByLastRun, _wipedAt) = (true, isOfThisRun, world.Now);
        return true;
    }

    /// <summary>Puts a backup of an earlier run in the place of the only copy, which somebody keeps. Only while no process runs.</summary>
    public void RollBackOnlyCopy()
    {
        (_newest, var image) = (Disk, _imageOfEarlierRun!);
        image.Vote = Disk.Vote;
        (Disk, _wipedAt) = (image, world.Now);
        (_image, _imageOfEarlierRun) = (null, null);
    }

    /// <summary>It was taken out of the cluster and let in again with an empty folder.</summary>
    public bool IsReadmitted { get; set; }

    /// <summary>An empty folder; a vote that others may count on stays.</summary>
    public void Readmit()
    {
        if (Id is not null)
        {
            // A late request has let it in meanwhile.
            Start();
            return;
        }

        Kill();
        if (world.Master.MayWipe(this))
        {
            world.Master.OnWiped(this);
            Wipe();
        }
        else
        {
            SetStoreAside();
            Disk.Topology = null;
        }

        IsReadmitted = true;
        Start();
    }

    /// <summary>The only copy was taken out for a backup, and somebody has it.</summary>
    public bool IsNewestKept => _newest is not null;

    /// <summary>The cluster lets the store in as it is: what was kept is the older one from now on.</summary>
    public void OnRegistered() => _newest = null;

    /// <summary>The folder that was kept takes its place again, with what the process has written of the cluster meanwhile.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryPutNewestBack()
    {
        if (_newest is not { } newest) return false;
        Kill();
        (newest.Vote, newest.Topology) = (Disk.Vote, Disk.Topology);
        (Disk, _newest) = (newest, null);
        return true;
    }

    /// <summary>There is a backup to put back.</summary>
    public bool HasImage(bool isOfThisRun) => (isOfThisRun ? _image : _imageOfEarlierRun) is not null;

    private static SimDisk NewDisk(Guid id, Guid? voterId = null) => new(new StoreId(id), voterId ?? id);

    private void OnDied(int lost)
    {
        DiedAt = world.Now;
        world.Trace.Add(world.Now, number, TraceKind.Died, lost, Disk.Log.Last.Value);
        node.Oracle.OnDiskChanged(this);
        world.Network.OnProcessDied(this);
    }
}
