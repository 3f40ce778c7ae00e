using KvCluster.Core.Log;
using KvCluster.Core.Replication;
using KvCluster.Core.Replication.Effects;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Core.State;
using KvCluster.Protocol.Identity;

namespace KvCluster.Tests.Replication;

/// <summary>One core with a disk that is as fast as it is told to be; the applied state is the list of applied payloads.</summary>
internal sealed class CoreServer
{
    private readonly List<ReplicationEffect> _effects = [];
    private readonly List<SendEffect> _held = [];
    private readonly List<byte[]> _staged = [];

    private readonly List<PersistEffect> _unsynced = [];
    private InstallSnapshotEffect? _heldInstall;

    public CoreServer(Member self, ReplicationOptions options) : this(self, options, [], 0)
    {
    }

    /// <summary>A new run over what a disk holds.</summary>
    /// <param name="applied">How many of the entries are in the state on the disk.</param>
    public CoreServer(Member self, ReplicationOptions options, IReadOnlyList<LogEntry> log, long applied)
    {
        Self = self;
        foreach (var entry in log) Log.Add(entry.Index.Value, entry);
        foreach (var entry in log.Take((int)applied)) Note(entry);
        var starts = log.GroupBy(entry => entry.Epoch).Select(run => new EpochStart(run.Key, run.First().Index)).ToArray();
        var last = log.Count == 0 ? default : new LogPosition(log[^1].Epoch, log[^1].Index);
        Core = new ReplicationCore(new CoreStart(self, 0, default, last, log.Count == 0 ? default : log[^1].Revision, starts, new LogIndex(applied)), options);
    }

    public Member Self { get; }
    public ReplicationCore Core { get; }
    public Queue<ReplicationInput> Inbox { get; } = new();
    public bool IsDown { get; set; }
    public bool IsDiskStuck { get; set; }

    /// <summary>A write is on the disk only when <see cref="Sync"/> says so.</summary>
    public bool IsDiskSlow { get; set; }

    /// <summary>Reads of the log are answered by the test.</summary>
    public bool HoldsReads { get; set; }
    public List<ReadLogEffect> HeldReads { get; } = [];

    /// <summary>The step that makes a snapshot the state is taken only by <see cref="FinishInstall"/>.</summary>
    public bool HoldsInstalls { get; set; }
    public bool IsInstallHeld => _heldInstall is not null;
    public int SnapshotsClosed { get; private set; }
    public long NextToken { get; set; } = 1;
    public long Written { get; private set; }
    public SortedList<long, LogEntry> Log { get; } = [];
    public List<string> State { get; private set; } = [];
    public Dictionary<long, int> Answered { get; } = [];
    public Dictionary<long, Refusal> Refused { get; } = [];
    public long LeaseUntil { get; private set; }
    public long FreshAsOf { get; private set; }
    public int SnapshotsInstalled { get; private set; }

    /// <summary>Takes every waiting input, ends the batch, carries out what concerns this server and hands back the rest.</summary>
    public IReadOnlyList<ReplicationEffect> StepAll(Now now)
    {
        var outside = new List<ReplicationEffect>();
        while (Inbox.TryDequeue(out var input)) Step(input, now, outside);
        Step(new BatchEnded(), now, outside);
        return outside;
    }

    private void Step(ReplicationInput input, Now now, List<ReplicationEffect> outside)
    {
        _effects.Clear();
        Core.Step(input, now, _effects);
        foreach (var effect in _effects.ToArray()) Carry(effect, outside);
        if (IsDiskStuck) return;
        outside.AddRange(_held.Where(send => send.AfterWrite <= Written));
        _held.RemoveAll(send => send.AfterWrite <= Written);
    }

    private void Carry(ReplicationEffect effect, List<ReplicationEffect> outside)
    {
        switch (effect)
        {
            case PersistEffect persist: Persist(persist); break;
            case SendEffect { AfterWrite: > 0 } send: _held.Add(send); break;
            case ApplyEffect apply: Apply(apply); break;
            case RefuseEffect refuse: Refused[refuse.Token] = refuse.Refusal; break;
            case PublishReadPermitEffect permit: (LeaseUntil, FreshAsOf) = (permit.LeaseUntil, permit.FreshAsOf); break;
            case ReadLogEffect read when HoldsReads: HeldReads.Add(read); break;
            case ReadLogEffect read: Inbox.Enqueue(new LogRead(read.From, [.. Log.Values.Where(entry => entry.Index >= read.From).Take(100)])); break;
            case TrimLogEffect trim:
                foreach (var index in Log.Keys.Where(index => index <= trim.UpTo.Value).ToArray()) Log.Remove(index);
                break;
            case OpenSnapshotEffect: Inbox.Enqueue(new SnapshotOpened(SnapshotHere(), Core.Last.Index.Value == 0 ? default : Log.Values[^1].Revision)); break;
            case ReadSnapshotChunkEffect read: Inbox.Enqueue(ChunkOf(read)); break;
            case BeginStagingEffect begin: _staged.Clear(); Inbox.Enqueue(new SnapshotStaged(begin.Id, 0)); break;
            case StageChunkEffect stage: _staged.Add(stage.Chunk.ToArray()); Inbox.Enqueue(new SnapshotStaged(stage.Id, _staged.Count)); break;
            case InstallSnapshotEffect install when HoldsInstalls: _heldInstall = install; break;
            case InstallSnapshotEffect install: Install(install); break;
            case CloseSnapshotEffect: SnapshotsClosed++; break;
            case SaveLineageEffect: break;
            default: outside.Add(effect); break;
        }
    }

    private void Persist(PersistEffect persist)
    {
        if (persist.TruncateFrom is { } from)
            foreach (var index in Log.Keys.Where(index => index >= from.Value).ToArray()) Log.Remove(index);
        foreach (var entry in persist.Entries) Log.Add(entry.Index.Value, entry);
        if (IsDiskSlow) _unsynced.Add(persist);
        else if (!IsDiskStuck) OnSynced(persist);
    }

    /// <summary>What was written so far is on the disk now.</summary>
    public void Sync()
    {
        foreach (var persist in _unsynced) OnSynced(persist);
        _unsynced.Clear();
    }

    public void FinishInstall()
    {
        var install = _heldInstall!;
        _heldInstall = null;
        Install(install);
    }

    private void OnSynced(PersistEffect persist)
    {
        Written = persist.WriteId;
        Inbox.Enqueue(new WriteDurable(persist.WriteId));
    }

    private void Apply(ApplyEffect apply)
    {
        for (var index = apply.From.Value; index <= apply.To.Value; index++)
        {
            var entry = apply.Entries?[(int)(index - apply.From.Value)] ?? Log[index];
            Assert.Equal(index, entry.Index.Value);
            Note(entry);
            var place = (int)(index - apply.From.Value);
            if (place < apply.Tokens.Count && apply.Tokens[place] != 0) Answered[apply.Tokens[place]] = apply.Copies;
        }

        Inbox.Enqueue(new EntriesApplied(apply.To));
    }

    private void Note(LogEntry entry)
    {
        if (entry.Kind == EntryKind.Command) State.Add(System.Text.Encoding.UTF8.GetString(entry.Payload.Span));
    }

    private SnapshotId SnapshotHere() => new(0, Core.Last.Epoch, Core.Applied, Guid.Empty);

    private SnapshotChunkRead ChunkOf(ReadSnapshotChunkEffect read) => new(
        read.Id, read.Number, System.Text.Encoding.UTF8.GetBytes(string.Join('\n', State)), true);

    private void Install(InstallSnapshotEffect install)
    {
        State = [.. System.Text.Encoding.UTF8.GetString(_staged[0]).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        Log.Clear();
        SnapshotsInstalled++;
        Inbox.Enqueue(new SnapshotInstalled(install.Id, install.LastRevision));
    }
}
