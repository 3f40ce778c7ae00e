using System.Buffers.Binary;
using KvCluster.Core.Commands;
using KvCluster.Core.Log;
using KvCluster.Core.State;
using KvCluster.Core.Steps;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Slots;

namespace KvCluster.Core.Execution;

/// <summary>
/// Applies entries to the state. Both servers of a node run the same entries through it and get the same rows, to the last byte,
/// however the entries are grouped into batches.
/// </summary>
/// <remarks>
/// Only the log decides: an entry's revision is the only clock, and the bounds are constants. Whether the slot is owned is asked here,
/// at apply, so that a write which was let in before its slot moved is refused and not lost; a refused write leaves no record.
/// One thread calls <see cref="Load"/>, <see cref="Apply"/>, <see cref="EndBatch"/> and <see cref="Publish"/>, in the order apply (any
/// number), end, commit of the batch, publish. Everything else may be called from any thread and shows what was published last.
/// </remarks>
public sealed class CommandExecutor
{
    private readonly DedupTable _dedup = new();
    private readonly ExpiryIndex _expiry = new();
    private readonly RowWriter _rows;
    private readonly KeyWriter _writer;
    private readonly StepMachine _steps;
    private SlotTable _slots = SlotTable.Empty;
    private Revision _applied;
    private bool _isBatchOpen;
    private long _keysAtLoad;
    private long _ended;
    private long _shown;
    private PublishedState _published = PublishedState.Nothing;

    public CommandExecutor()
    {
        _rows = new RowWriter(_expiry);
        _writer = new KeyWriter(_rows);
        _steps = new StepMachine(_rows);
    }

    public SlotTable Slots => View.Slots;

    /// <summary>Revision of the newest applied entry.</summary>
    public Revision AppliedRevision => View.AppliedRevision;

    /// <summary>No key expires before this moment, in Unix milliseconds; nothing when no key will. May be too early, never too late.</summary>
    public long? EarliestExpiry => Volatile.Read(ref _published).EarliestExpiry;

    /// <summary>How many requests are remembered and since when.</summary>
    public DedupSummary Dedup => Volatile.Read(ref _published).Dedup;

    /// <summary>Keys that the state holds: as many as were there when it was loaded, by estimate, and what has come and gone since, exactly.</summary>
    public long Keys => Volatile.Read(ref _published).Keys;

    /// <summary>Bytes of rows that entries have stored since the start; only for whoever applies them.</summary>
    public long StoredBytes => _rows.StoredBytes;

    public StateView View => Volatile.Read(ref _published).View;

    /// <summary>Takes over the state that <paramref name="reader"/> shows: after a start, or when a snapshot was installed.</summary>
    /// <param name="rowsEstimate">How many rows it has, about; only <see cref="Keys"/> depends on it.</param>
    public void Load(IStateReader reader, long rowsEstimate = 0)
    {
        _slots = SlotTable.Load(reader);
        _applied = reader.Get(StateRow.AppliedRevision) is { } row ? new Revision(BinaryPrimitives.ReadUInt64LittleEndian(row)) : Revision.None;
        _dedup.Load(reader);
        _expiry.Load(reader);
        _isBatchOpen = false;
        _keysAtLoad = Math.Max(0, rowsEstimate - _dedup.Summarize().Count) - KeysSinceStart;
        Publish();
    }

    private long KeysSinceStart => _rows.Added - _expiry.Deleted;

    /// <exception cref="RecordFormatException">The entry cannot be read; nothing may be applied any more.</exception>
    public Outcome Apply(in LogEntry entry, IStateBatch batch)
    {
        _isBatchOpen = true;
        _applied = entry.Revision;
        switch (entry.Kind)
        {
            case EntryKind.NoOp: return new Outcome(OutcomeCode.None);
            case EntryKind.Command: return ApplyCommand(entry, batch);
            case EntryKind.Control:
                ApplyControl(CommandCodec.DecodeControl(entry.Payload.Span), entry.Revision, batch);
                return new Outcome(OutcomeCode.None);
            default: throw new RecordFormatException(RecordFault.UnknownType, $"Entry {entry.Index} has the unknown kind {(byte)entry.Kind}.");
        }
    }

    /// <summary>Writes what a batch says once, whatever the number of its entries. Before the batch is committed.</summary>
    public void EndBatch(IStateBatch batch)
    {
        Span<byte> value = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(value, _applied.Value);
        batch.Put(StateRow.AppliedRevision, value);
        _isBatchOpen = false;
        Interlocked.Increment(ref _ended);
    }

    /// <summary>Shows readers what was applied. After the batch was committed: a view must never be newer than the rows.</summary>
    public void Publish()
    {
        if (_isBatchOpen) throw new InvalidOperationException("A batch was published that was not ended: its applied revision would be lost.");
        Volatile.Write(ref _shown, Volatile.Read(ref _ended));
        Volatile.Write(ref _published, new PublishedState(new StateView(_slots, _applied), _expiry.Earliest, _dedup.Summarize(), Math.Max(0, _keysAtLoad + KeysSinceStart)));
    }

    /// <summary>The key's value as of now; nothing when it is absent, expired, or its slot is not owned.</summary>
    public StoredValue? TryRead(IStateReader reader, ReadOnlySpan<byte> key) => View.TryRead(reader, key);

    /// <inheritdoc cref="StateView.TryRead(IStateReader, ReadOnlySpan{byte}, Slot)"/>
    public StoredValue? TryRead(IStateReader reader, ReadOnlySpan<byte> key, Slot slot) => View.TryRead(reader, key, slot);

    /// <inheritdoc cref="StateView.List"/>
    public (IReadOnlyList<KeyValuePair<byte[], StoredValue>> Items, byte[]? Next) List(
        IStateReader reader, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> after, int countMax, int bytesMax, bool withValues) =>
        View.List(reader, prefix, after, countMax, bytesMax, withValues);

    /// <summary>The rows stand still: no batch is between its end and its publication. What was read since is of one moment when <see cref="IsStill"/> says so afterwards.</summary>
    public bool TryBeginLook(out long look)
    {
        look = Volatile.Read(ref _shown);
        return Volatile.Read(ref _ended) == look;
    }

    public bool IsStill(long look) => Interlocked.Read(ref _ended) == look;

    /// <summary>Answers steps that only read, as of now.</summary>
    /// <param name="payload">As a <see cref="StepWriter"/> made it.</param>
    /// <param name="nowMilliseconds">Unix time from which what is left of a time to live is counted.</param>
    public IReadOnlyList<StepReply> ReadSteps(IStateReader reader, ReadOnlyMemory<byte> payload, long nowMilliseconds)
    {
        var view = View;
        return _steps.Run(CommandView.Parse(payload).Body, new StepState(reader, null, view.Slots, view.AppliedRevision, nowMilliseconds)) ?? [];
    }

    private Outcome ApplyCommand(in LogEntry entry, IStateBatch batch)
    {
        var command = CommandView.Parse(entry.Payload);
        if (command.Type == CommandType.Steps) return _steps.Apply(command, new StepState(batch, batch, _slots, entry.Revision, entry.Revision.Milliseconds));
        var slot = SlotHash.Of(command.Key);
        var state = _slots[slot];
        if (state.Role != SlotRole.Own) return new Outcome(OutcomeCode.SlotMoved);
        var id = command.RequestId;
        if (id.IsNone) return _writer.Execute(command, state.SlotEpoch, entry.Revision, batch);
        if (_dedup.TryAnswer(id, entry.Revision, out var known)) return known;
        var outcome = _writer.Execute(command, state.SlotEpoch, entry.Revision, batch);
        _dedup.Record(id, slot, state.SlotEpoch, entry.Revision, outcome, batch);
        return outcome;
    }

    private void ApplyControl(ControlRecord record, Revision now, IStateBatch batch)
    {
        switch (record)
        {
            case SlotAdopt adopt: Adopt(adopt, batch); break;
            case DedupHorizon horizon: _dedup.RaiseHorizon(horizon, batch); break;
            case ExpireDue expire: _expiry.DeleteDue(batch, _slots, now, expire.KeysMax); break;
            default: throw new RecordFormatException(RecordFault.UnknownType, $"No one applies {record.GetType().Name}.");
        }
    }

    private void Adopt(SlotAdopt adopt, IStateBatch batch)
    {
        var before = _slots;
        _slots = before.With(adopt.Ranges, slot => slot.Role == SlotRole.None && slot.LastMigrationId < adopt.SlotEpoch
            ? new SlotState(SlotRole.Own, adopt.SlotEpoch, 0, adopt.SlotEpoch)
            : slot);
        _slots.Save(batch, before);
        _expiry.LookAgain();
    }

    private sealed record PublishedState(StateView View, long? EarliestExpiry, DedupSummary Dedup, long Keys)
    {
        public static readonly PublishedState Nothing = new(new StateView(SlotTable.Empty, Revision.None), null, DedupSummary.Nothing, 0);
    }
}
