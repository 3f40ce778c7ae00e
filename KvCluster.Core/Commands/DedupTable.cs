using System.Buffers.Binary;
using KvCluster.Core.State;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Requests;
using KvCluster.Protocol.Slots;

namespace KvCluster.Core.Commands;

/// <summary>
/// What became of recent requests, by request id: part of the replicated state, so that a retry gets the first answer wherever and
/// whenever it comes (RIFL, SOSP 2015). In memory for the look-up, in rows for restart and snapshot.
/// </summary>
public sealed class DedupTable
{
    private const int RecordBytes = 2 + 8 + 1 + 8 + 8 + 8;
    private readonly Dictionary<UInt128, SortedDictionary<ulong, Record>> _clients = [];
    private readonly Queue<(UInt128 Client, ulong Sequence, Revision At)> _byAge = new();
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Requests stamped at or below it are refused.</summary>
    public Revision Horizon { get; private set; }

    /// <summary>When the oldest record that is kept was made; none when there is none.</summary>
    public Revision? OldestRevision
    {
        get
        {
            lock (_byAge) return _byAge.TryPeek(out var oldest) ? oldest.At : null;
        }
    }

    /// <summary>The revision up to which the oldest <paramref name="records"/> reach.</summary>
    public Revision RevisionAt(int records)
    {
        lock (_byAge) return _byAge.ElementAtOrDefault(Math.Min(records, _byAge.Count - 1)).At;
    }

    internal bool TryFind(RequestId id, out Outcome outcome)
    {
        outcome = default;
        if (!_clients.TryGetValue(id.Client, out var records) || !records.TryGetValue(id.Sequence, out var record)) return false;
        outcome = record.Outcome;
        return true;
    }

    internal void Add(RequestId id, Slot slot, Revision at, Outcome outcome, IStateBatch batch)
    {
        Span<byte> row = stackalloc byte[StateRow.DedupBytes];
        StateRow.WriteDedup(id.Client, id.Sequence, row);
        Span<byte> value = stackalloc byte[RecordBytes];
        Write(value, slot, at, outcome);
        batch.Put(row, value);
        Remember(id.Client, id.Sequence, new Record(at, outcome));
    }

    /// <summary>The client will never retry what is below: it has all those answers.</summary>
    internal void DropBelow(UInt128 client, ulong firstIncomplete, IStateBatch batch)
    {
        if (!_clients.TryGetValue(client, out var records)) return;
        while (records.Count > 0 && records.First().Key is var sequence && sequence < firstIncomplete) Drop(client, sequence, batch);
    }

    internal void MoveHorizon(Revision horizon, IStateBatch batch)
    {
        if (horizon <= Horizon) return;
        Horizon = horizon;
        Span<byte> value = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(value, horizon.Value);
        batch.Put(StateRow.DedupHorizon, value);
        lock (_byAge)
        {
            while (_byAge.TryPeek(out var oldest) && oldest.At <= horizon)
            {
                _byAge.Dequeue();
                Drop(oldest.Client, oldest.Sequence, batch);
            }
        }
    }

    internal void Load(IStateReader state)
    {
        _clients.Clear();
        _byAge.Clear();
        _count = 0;
        Horizon = state.Get(StateRow.DedupHorizon) is { } horizon ? new Revision(BinaryPrimitives.ReadUInt64LittleEndian(horizon)) : Revision.None;
        var found = new List<(UInt128 Client, ulong Sequence, Record Record)>();
        byte[] from = [StateRow.DedupPrefix];
        var until = StateRow.After(from);
        while (state.Scan(from, until, 10_000) is { Count: > 0 } rows)
        {
            foreach (var (row, value) in rows)
                found.Add((BinaryPrimitives.ReadUInt128BigEndian(row.AsSpan(1)), BinaryPrimitives.ReadUInt64BigEndian(row.AsSpan(17)), Read(value)));
            from = [.. rows[^1].Key, 0];
        }

        foreach (var (client, sequence, record) in found.OrderBy(item => item.Record.At)) Remember(client, sequence, record);
    }

    private void Remember(UInt128 client, ulong sequence, Record record)
    {
        if (!_clients.TryGetValue(client, out var records)) _clients[client] = records = [];
        records[sequence] = record;
        _count++;
        lock (_byAge)
        {
            // Records dropped early leave their place in the queue; it is swept when it has grown past what is kept.
            if (_byAge.Count > 1_024 && _byAge.Count > _count * 2) Sweep();
            _byAge.Enqueue((client, sequence, record.At));
        }
    }

    private void Sweep()
    {
        for (var i = _byAge.Count; i > 0; i--)
        {
            var item = _byAge.Dequeue();
            if (_clients.TryGetValue(item.Client, out var records) && records.ContainsKey(item.Sequence)) _byAge.Enqueue(item);
        }
    }

    private void Drop(UInt128 client, ulong sequence, IStateBatch batch)
    {
        if (!_clients.TryGetValue(client, out var records) || !records.Remove(sequence)) return;
        if (records.Count == 0) _clients.Remove(client);
        _count--;
        Span<byte> row = stackalloc byte[StateRow.DedupBytes];
        StateRow.WriteDedup(client, sequence, row);
        batch.Delete(row);
    }

    private static void Write(Span<byte> value, Slot slot, Revision at, Outcome outcome)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(value, slot.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(value[2..], at.Value);
        value[10] = (byte)outcome.Code;
        BinaryPrimitives.WriteUInt64LittleEndian(value[11..], outcome.Revision.Value);
        BinaryPrimitives.WriteInt64LittleEndian(value[19..], outcome.Number);
        BinaryPrimitives.WriteInt64LittleEndian(value[27..], outcome.ExpiresAt);
    }

    private static Record Read(ReadOnlySpan<byte> value) => new(
        new Revision(BinaryPrimitives.ReadUInt64LittleEndian(value[2..])),
        new Outcome(
            (OutcomeCode)value[10],
            new Revision(BinaryPrimitives.ReadUInt64LittleEndian(value[11..])),
            BinaryPrimitives.ReadInt64LittleEndian(value[19..]),
            BinaryPrimitives.ReadInt64LittleEndian(value[27..])));

    private readonly record struct Record(Revision At, Outcome Outcome);
}
