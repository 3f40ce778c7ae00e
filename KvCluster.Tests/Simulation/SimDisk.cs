using KvCluster.Core.Register;
using KvCluster.Core.Replication;
using KvCluster.Core.State;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Simulation;

/// <summary>
/// Everything a server keeps: its log, its applied state, which a crash takes back to the last flush, a staged snapshot and a few facts.
/// </summary>
internal sealed class SimDisk(StoreId store, Guid voterId)
{
    private SimRows _flushed = new();
    private readonly List<byte[]> _staged = [];

    public StoreId Store => store;
    /// <summary>Goes with the disk, as the file of the vote does.</summary>
    public Guid VoterId { get; private set; } = voterId;
    public VoterState? Vote { get; set; }

    /// <summary>The topology as a process last wrote it down; where another one decides nobody needs it.</summary>
    public ClusterTopology? Topology { get; set; }
    public SimLog Log { get; } = new();
    public SimRows Rows { get; private set; } = new();
    public LogPosition Applied { get; private set; }
    public LogPosition DurableApplied { get; private set; }
    public int Lineage { get; set; }

    /// <summary>The runs that the store remembers.</summary>
    public List<Guid> Runs { get; } = [];
    public SnapshotId? StagedId { get; private set; }
    public int StagedChunks => _staged.Count;

    /// <summary>The disk refuses every write from now on, until it is repaired.</summary>
    public DiskTrouble Trouble { get; set; }

    /// <summary>How long one sync takes, in real microseconds.</summary>
    public long SyncMicroseconds { get; set; } = 200;

    /// <summary>The file of the vote is gone: the next one is another voter.</summary>
    public void LoseVote(Guid next) => (VoterId, Vote) = (next, null);

    /// <summary>A copy of the folder as it is on the disk now, without the file of the vote, which is never put back.</summary>
    public SimDisk Image()
    {
        var image = new SimDisk(Store, VoterId)
        {
            Topology = Topology,
            Lineage = Lineage,
            Rows = _flushed.Copy(),
            Applied = DurableApplied,
            DurableApplied = DurableApplied,
            _flushed = _flushed.Copy(),
            SyncMicroseconds = SyncMicroseconds,
        };
        Log.CopyDurableTo(image.Log);
        image.Runs.AddRange(Runs);
        return image;
    }

    public void Commit(LogPosition applied) => Applied = applied;

    public void Flush()
    {
        _flushed = Rows.Copy();
        DurableApplied = Applied;
    }

    public void BeginStaging(SnapshotId id)
    {
        if (StagedId == id) return;
        StagedId = id;
        _staged.Clear();
    }

    public void Stage(ReadOnlySpan<byte> chunk) => _staged.Add(chunk.ToArray());

    public void Install(Revision lastRevision)
    {
        var id = StagedId!.Value;
        var rows = new SimRows();
        foreach (var chunk in _staged) SimSnapshot.Unpack(chunk, rows);
        var position = new LogPosition(id.Epoch, id.Index);
        (Rows, Applied, Lineage, StagedId) = (rows, position, id.Lineage, null);
        _staged.Clear();
        Log.Restart(position, lastRevision);
        Flush();
    }

    /// <summary>The process ends; the operating system goes on and loses nothing of the log.</summary>
    public void LoseProcess(SimRandom random)
    {
        Log.Sync();
        LoseMemory(random);
    }

    /// <returns>How many changes of the log were lost.</returns>
    public int LosePower(SimRandom random)
    {
        var unsynced = Log.UnsyncedCount;
        var kept = random.Below(unsynced + 1);
        Log.LosePower(kept);
        LoseMemory(random);
        return unsynced - kept;
    }

    private void LoseMemory(SimRandom random)
    {
        // The state may have been flushed by itself any time before.
        if (random.Chance(300) && Applied.Index <= Log.DurableLast) Flush();
        (Rows, Applied) = (_flushed.Copy(), DurableApplied);
        var kept = random.Below(_staged.Count + 1);
        _staged.RemoveRange(kept, _staged.Count - kept);
    }
}
