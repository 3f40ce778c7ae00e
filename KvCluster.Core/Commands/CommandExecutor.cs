using System.Buffers.Binary;
using System.Buffers.Text;
using KvCluster.Core.Log;
using KvCluster.Core.State;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Requests;
using KvCluster.Protocol.Slots;

namespace KvCluster.Core.Commands;

/// <summary>
/// Turns committed entries into changes of the applied state. Both servers of a node run it over the same log and get the same rows,
/// however the entries are grouped into batches: nothing but the entry and the rows plays a part, "now" is the entry's own revision.
/// </summary>
public sealed class CommandExecutor(int valueBytesMax)
{
    private static readonly long StampAheadMilliseconds = (long)TimeSpan.FromMinutes(1).TotalMilliseconds;
    private ulong _appliedRevision;
    private ulong _pendingRevision;
    private long _earliestExpiry = long.MaxValue;
    private long _pendingEarliest = long.MaxValue;

    public SlotTable Slots { get; } = new();
    public DedupTable Dedup { get; } = new();

    /// <summary>Revision of the newest entry that readers see; a key whose expiry is not after it is gone.</summary>
    public Revision AppliedRevision => new(Volatile.Read(ref _appliedRevision));

    /// <summary>Unix milliseconds at which a key may be due; none when no key expires. Never later than the truth.</summary>
    public long? EarliestExpiry => Volatile.Read(ref _earliestExpiry) is var earliest && earliest == long.MaxValue ? null : earliest;

    /// <summary>Takes over what the rows say: at start and after a snapshot was installed.</summary>
    public void Load(IStateReader state)
    {
        Slots.Load(state);
        Dedup.Load(state);
        _pendingRevision = state.Get(StateRow.Revision) is { } row ? BinaryPrimitives.ReadUInt64LittleEndian(row) : 0;
        _pendingEarliest = FirstExpiry(state);
        Publish();
    }

    /// <summary>The batch that was applied last has been committed: readers see it from now on.</summary>
    public void Publish()
    {
        Volatile.Write(ref _earliestExpiry, _pendingEarliest);
        Volatile.Write(ref _appliedRevision, _pendingRevision);
    }

    /// <summary>Applies one entry.</summary>
    /// <exception cref="InvalidDataException">The entry cannot be executed by this version; the server must stop.</exception>
    public Outcome Apply(in LogEntry entry, IStateBatch batch)
    {
        _pendingRevision = Math.Max(_pendingRevision, entry.Revision.Value);
        Span<byte> revision = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(revision, _pendingRevision);
        batch.Put(StateRow.Revision, revision);
        return entry.Kind switch
        {
            EntryKind.Command => Execute(CommandCodec.DecodeCommand(entry.Payload), entry.Revision, batch),
            EntryKind.Control => Execute(CommandCodec.DecodeControl(entry.Payload), entry.Revision, batch),
            _ => new Outcome(OutcomeCode.None),
        };
    }

    private Outcome Execute(Command command, Revision now, IStateBatch batch)
    {
        var slot = SlotHash.Of(command.Key.Span);

        // The check at execution: a command that was let in before its slot moved has no effect and leaves no record (E8).
        if (!Slots.IsOwn(slot)) return new Outcome(OutcomeCode.SlotMoved);
        var id = command.RequestId;
        if (id.IsNone) return Change(command, slot, now, batch);
        if (id.FirstIncomplete > 0) Dedup.DropBelow(id.Client, id.FirstIncomplete, batch);
        if (Dedup.TryFind(id, out var first)) return first;
        if (IsForgotten(id)) return new Outcome(OutcomeCode.DedupExpired);
        if (id.Stamp > now.AddMilliseconds(StampAheadMilliseconds)) return new Outcome(OutcomeCode.StampInFuture);
        var outcome = Change(command, slot, now, batch);
        Dedup.Add(id, slot, now, outcome, batch);
        return outcome;
    }

    // A client that has seen no revision yet has a stamp of zero; only its very first requests can have it, and those are not old.
    private bool IsForgotten(RequestId id) =>
        (id.Sequence != 0 && id.Sequence < id.FirstIncomplete) || (!id.Stamp.IsNone && id.Stamp <= Dedup.Horizon);

    private Outcome Change(Command command, Slot slot, Revision now, IStateBatch batch)
    {
        var current = KeyState.Read(command.Key.Span, Slots.EpochOf(slot), now, batch);
        if (!command.Condition.Holds(current.Revision)) return new Outcome(OutcomeCode.PreconditionFailed, current.Revision);
        return command switch
        {
            PutCommand put => Store(put.Key.Span, slot, now, current, ExpiryOf(put.Expiry, now, current), put.ContentType, put.Value.Span, 0, batch),
            DeleteCommand => Delete(command.Key.Span, current, batch),
            IncrementCommand increment => Increment(increment, slot, now, current, batch),
            PatchCommand patch => Patch(patch, slot, now, current, batch),
            ExpireCommand expire => Expire(expire, slot, now, current, batch),
            _ => throw new InvalidDataException($"{command.GetType().Name} cannot be executed."),
        };
    }

    private Outcome Store(
        ReadOnlySpan<byte> key, Slot slot, Revision now, KeyState current, long expiresAt, string contentType, ReadOnlySpan<byte> value, long number, IStateBatch batch)
    {
        var header = new ValueRow(Slots.EpochOf(slot), now, expiresAt, contentType);
        var row = new byte[header.HeaderBytes + value.Length];
        value.CopyTo(row.AsSpan(header.WriteHeader(row)));
        MoveExpiry(key, current.StoredExpiresAt, expiresAt, batch);
        batch.Put(StateRow.Data(key), row);
        return new Outcome(current.Exists ? OutcomeCode.Updated : OutcomeCode.Created, now, number, expiresAt);
    }

    private Outcome Delete(ReadOnlySpan<byte> key, KeyState current, IStateBatch batch)
    {
        if (current.HasRow)
        {
            MoveExpiry(key, current.StoredExpiresAt, 0, batch);
            batch.Delete(StateRow.Data(key));
        }

        return new Outcome(current.Exists ? OutcomeCode.Deleted : OutcomeCode.Absent);
    }

    private Outcome Increment(IncrementCommand increment, Slot slot, Revision now, KeyState current, IStateBatch batch)
    {
        long number = 0;
        if (current.Exists)
        {
            var text = current.Value(increment.Key.Span, batch);
            if (!Utf8Parser.TryParse(text, out number, out var consumed) || consumed != text.Length)
                return new Outcome(OutcomeCode.ValueNotNumber, current.Revision);
        }

        var sum = unchecked(number + increment.By);
        if (((number ^ sum) & (increment.By ^ sum)) < 0) return new Outcome(OutcomeCode.CounterOverflow, current.Revision);
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(sum, digits, out var length);
        var contentType = current.Exists ? current.ContentType : "text/plain";
        return Store(increment.Key.Span, slot, now, current, current.ExpiresAt, contentType, digits[..length], sum, batch);
    }

    private Outcome Patch(PatchCommand patch, Slot slot, Revision now, KeyState current, IStateBatch batch)
    {
        if (!current.Exists && patch.Kind == PatchKind.Json) return new Outcome(OutcomeCode.Absent);
        var value = current.Exists ? current.Value(patch.Key.Span, batch) : null;
        var (code, result) = JsonPatching.Apply(patch.Kind, value, patch.Patch);
        if (code != OutcomeCode.Updated) return new Outcome(code, current.Revision);
        if (result!.Length > valueBytesMax) return new Outcome(OutcomeCode.ValueTooLarge, current.Revision);
        var contentType = current.Exists ? current.ContentType : "application/json";
        return Store(patch.Key.Span, slot, now, current, current.ExpiresAt, contentType, result, 0, batch);
    }

    private Outcome Expire(ExpireCommand expire, Slot slot, Revision now, KeyState current, IStateBatch batch) => current.Exists
        ? Store(
            expire.Key.Span, slot, now, current, ExpiryOf(expire.Expiry, now, current), current.ContentType, current.Value(expire.Key.Span, batch), 0, batch)
        : new Outcome(OutcomeCode.Absent);

    private static long ExpiryOf(Expiry expiry, Revision now, KeyState current) => expiry.Kind switch
    {
        ExpiryKind.Keep => current.ExpiresAt,
        ExpiryKind.After => now.Milliseconds + expiry.Milliseconds,
        ExpiryKind.At => expiry.Milliseconds,
        _ => 0,
    };

    private void MoveExpiry(ReadOnlySpan<byte> key, long from, long to, IStateBatch batch)
    {
        if (from == to) return;
        Span<byte> row = stackalloc byte[key.Length + StateRow.ExpiryHeaderBytes];
        if (from != 0)
        {
            StateRow.WriteExpiry(from, key, row);
            batch.Delete(row);
        }

        if (to == 0) return;
        StateRow.WriteExpiry(to, key, row);
        batch.Put(row, []);
        _pendingEarliest = Math.Min(_pendingEarliest, to);
    }

    private Outcome Execute(ControlRecord record, Revision now, IStateBatch batch)
    {
        switch (record)
        {
            case SlotAdopt adopt when Slots.TryAdopt(adopt): batch.Put(StateRow.Slots, Slots.Encode()); break;
            case DedupHorizon horizon: Dedup.MoveHorizon(horizon.Horizon, batch); break;
            case ExpireDue due: ExpireKeys(due.KeysMax, now, batch); break;
        }

        return new Outcome(OutcomeCode.None);
    }

    private void ExpireKeys(int keysMax, Revision now, IStateBatch batch)
    {
        byte[] until = new byte[StateRow.ExpiryHeaderBytes];
        StateRow.WriteExpiry(now.Milliseconds + 1, [], until);
        foreach (var (row, _) in batch.Scan([StateRow.ExpiryPrefix], until, keysMax))
        {
            batch.Delete(row);
            batch.Delete(StateRow.Data(row.AsSpan(StateRow.ExpiryHeaderBytes)));
        }

        _pendingEarliest = FirstExpiry(batch);
    }

    private static long FirstExpiry(IStateReader state)
    {
        var first = state.Scan([StateRow.ExpiryPrefix], StateRow.After([StateRow.ExpiryPrefix]), 1);
        return first.Count == 0 ? long.MaxValue : StateRow.ExpiryOf(first[0].Key);
    }
}
