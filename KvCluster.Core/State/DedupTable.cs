using System.Buffers.Binary;
using KvCluster.Core.Commands;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Requests;
using KvCluster.Protocol.Slots;

namespace KvCluster.Core.State;

/// <summary>The outcomes of recent requests, so that a repeat gets the first answer (RIFL, SOSP 2015). In memory what the dedup rows say on disk.</summary>
/// <remarks>
/// Everything here follows from the rows: a server that loaded them answers like one that made them. A record goes when its client says
/// that it has the answer, or when the horizon in the log passes it; a stamped request at or below the horizon is refused, because
/// without its record a repeat looks like a first attempt. An opaque id has no stamp to refuse it by: its record is kept its full time, and when
/// there are too many of them no new one is taken.
/// </remarks>
internal sealed class DedupTable
{
    private const int ForgottenInQueueMax = 1_024;

    // One record should not make the applier delete a hundred thousand rows.
    private const int EarlyShare = 8;

    private readonly Dictionary<UInt128, DedupClient> _clients = [];
    private readonly Dictionary<UInt128, DedupRecord> _opaque = [];
    private readonly PriorityQueue<DedupRecord, ulong> _opaqueByAge = new();
    private PriorityQueue<DedupRecord, ulong> _byAge = new();
    private int _count;
    private Revision? _earlyHorizon;

    public Revision Horizon { get; private set; }

    public void Load(IStateReader reader)
    {
        _clients.Clear();
        _opaque.Clear();
        _byAge.Clear();
        _opaqueByAge.Clear();
        (_count, _earlyHorizon) = (0, null);
        Horizon = reader.Get(StateRow.DedupHorizon) is { } row ? new Revision(BinaryPrimitives.ReadUInt64LittleEndian(row)) : Revision.None;
        reader.Scan(StateRange.Dedup.From, StateRange.Dedup.Until, (key, value) =>
        {
            var (client, sequence) = StateRow.IdOfDedup(key);
            Remember(new DedupRecord(client, sequence, DedupRow.Read(value)));
            return true;
        });
    }

    /// <summary>True when the request must not be executed, because it was, or because nobody can say any more whether it was.</summary>
    /// <param name="now">Revision of the entry that brings it.</param>
    public bool TryAnswer(in RequestId id, Revision now, out Outcome outcome)
    {
        if (IsOpaque(id)) return TryAnswerOpaque(id, out outcome);
        if (_clients.TryGetValue(id.Client, out var client))
        {
            if (client.TryGet(id.Sequence, out var record))
            {
                outcome = record!.Facts.Outcome;
                return true;
            }

            outcome = new Outcome(OutcomeCode.DedupExpired);
            if (id.Sequence < client.FirstIncomplete || (client.IsFull && id.Sequence < client.Lowest)) return true;
        }

        outcome = new Outcome(OutcomeCode.DedupExpired);
        if (!Horizon.IsNone && id.Stamp <= Horizon) return true;
        outcome = new Outcome(OutcomeCode.StampInFuture);
        return id.Stamp > now.AddMilliseconds(CommandLimits.StampAheadMillisecondsMax);
    }

    /// <summary>Remembers the outcome of a request that was executed just now, and forgets those that its client has the answers of.</summary>
    public void Record(in RequestId id, Slot slot, long generation, Revision now, in Outcome outcome, IStateBatch batch)
    {
        var keepUntil = Revision.Max(now, id.Stamp);
        var firstIncomplete = 0UL;
        if (!IsOpaque(id) && _clients.TryGetValue(id.Client, out var client))
        {
            firstIncomplete = Math.Max(id.FirstIncomplete, client.FirstIncomplete);
            if (client.IsFull) firstIncomplete = Math.Max(firstIncomplete, client.Lowest + 1);
            while (client.TakeBelow(firstIncomplete) is { } answered)
            {
                keepUntil = Revision.Max(keepUntil, answered.Facts.KeepUntil);
                Forget(answered, batch);
            }
        }
        else if (!IsOpaque(id))
        {
            firstIncomplete = id.FirstIncomplete;
        }

        var facts = new DedupFacts(slot.Value, generation, now, keepUntil, firstIncomplete, outcome);
        Remember(new DedupRecord(id.Client, id.Sequence, facts));
        Span<byte> row = stackalloc byte[StateRow.DedupBytes];
        Span<byte> value = stackalloc byte[DedupRow.BytesMax];
        StateRow.WriteDedup(row, id.Client, id.Sequence);
        batch.Put(row, value[..DedupRow.Write(value, facts)]);
    }

    /// <summary>Forgets what is not needed beyond <paramref name="horizon"/>; nothing when the horizon does not grow.</summary>
    public void RaiseHorizon(DedupHorizon record, IStateBatch batch)
    {
        var horizon = record.Horizon;
        if (!record.IsEarly) ForgetOpaque(horizon, batch);
        if (horizon <= Horizon) return;
        (Horizon, _earlyHorizon) = (horizon, null);
        Span<byte> row = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(row, horizon.Value);
        batch.Put(StateRow.DedupHorizon, row);
        var touched = new HashSet<DedupClient>();
        while (_byAge.TryPeek(out var oldest, out var keepUntil) && keepUntil <= horizon.Value)
        {
            _byAge.Dequeue();
            if (oldest.IsForgotten) continue;
            if (_clients.TryGetValue(oldest.Client, out var client))
            {
                client.Remove(oldest);
                touched.Add(client);
                if (client.IsEmpty) _clients.Remove(oldest.Client);
            }

            Forget(oldest, batch);
        }

        foreach (var client in touched) client.RecountFirstIncomplete();
    }

    private void ForgetOpaque(Revision horizon, IStateBatch batch)
    {
        while (_opaqueByAge.TryPeek(out var oldest, out var keepUntil) && keepUntil <= horizon.Value)
        {
            _opaqueByAge.Dequeue();
            _opaque.Remove(oldest.Client);
            Forget(oldest, batch);
        }
    }

    public DedupSummary Summarize()
    {
        while (_byAge.TryPeek(out var oldest, out _) && oldest.IsForgotten) _byAge.Dequeue();
        if (_byAge.Count > (2 * _count) + ForgottenInQueueMax) _byAge = new(_byAge.UnorderedItems.Where(item => !item.Element.IsForgotten));
        if (_count == 0) return DedupSummary.Nothing;
        if (_count - _opaque.Count <= CommandLimits.RequestsMax) _earlyHorizon = null;
        else _earlyHorizon ??= FindEarlyHorizon();
        var keepUntil = Math.Min(OldestOf(_byAge), OldestOf(_opaqueByAge));
        return new DedupSummary(_count, new Revision(keepUntil), _earlyHorizon);
    }

    private static ulong OldestOf(PriorityQueue<DedupRecord, ulong> queue) => queue.TryPeek(out _, out var keepUntil) ? keepUntil : ulong.MaxValue;

    private static bool IsOpaque(in RequestId id) => id.Sequence == 0;

    private bool TryAnswerOpaque(in RequestId id, out Outcome outcome)
    {
        var isKnown = _opaque.TryGetValue(id.Client, out var record);
        outcome = isKnown ? record!.Facts.Outcome : new Outcome(OutcomeCode.RequestsFull);
        return isKnown || _opaque.Count >= CommandLimits.RequestsMax;
    }

    private void Remember(DedupRecord record)
    {
        if (record.Sequence == 0)
        {
            _opaque.Add(record.Client, record);
            _opaqueByAge.Enqueue(record, record.Facts.KeepUntil.Value);
        }
        else
        {
            if (!_clients.TryGetValue(record.Client, out var client)) _clients[record.Client] = client = new DedupClient();
            client.Add(record);
            _byAge.Enqueue(record, record.Facts.KeepUntil.Value);
        }

        _count++;
    }

    private void Forget(DedupRecord record, IStateBatch batch)
    {
        record.IsForgotten = true;
        _count--;
        Span<byte> row = stackalloc byte[StateRow.DedupBytes];
        StateRow.WriteDedup(row, record.Client, record.Sequence);
        batch.Delete(row);
    }

    private Revision FindEarlyHorizon()
    {
        var ages = _byAge.UnorderedItems.Where(item => !item.Element.IsForgotten).Select(item => item.Priority).ToArray();
        Array.Sort(ages);
        return new Revision(ages[ages.Length / EarlyShare]);
    }
}
