using KvCluster.Core.Log;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication;

/// <summary>The newest entries of the log in memory, a ring that grows as needed; what bounds it is admission and <see cref="Evict"/>.</summary>
internal sealed class LogTail(LogIndex first)
{
    private LogEntry[] _ring = new LogEntry[1024];
    private int _start;
    private int _count;
    private long _bytes;
    private long _bytesEver;
    private long _countEver;
    private LogIndex _unappliedFrom = first;

    public LogIndex First { get; private set; } = first;

    /// <summary>Bytes of the entries that are not applied yet.</summary>
    public long UnappliedBytes { get; private set; }
    public double AverageEntryBytes => _countEver == 0 ? LogEntry.HeaderBytes : (double)_bytesEver / _countEver;

    public LogEntry this[LogIndex index] => _ring[Place((int)(index.Value - First.Value))];

    public void Add(in LogEntry entry)
    {
        if (_count == _ring.Length) Grow();
        _ring[Place(_count++)] = entry;
        _bytes += entry.Bytes;
        UnappliedBytes += entry.Bytes;
        _bytesEver += entry.Bytes;
        _countEver++;
    }

    public void TruncateFrom(LogIndex from)
    {
        while (_count > 0 && First.Value + _count > from.Value)
        {
            var last = Place(--_count);
            if (First.Value + _count >= _unappliedFrom.Value) UnappliedBytes -= _ring[last].Bytes;
            Remove(last);
        }

        if (_count == 0 && from < First) First = from;
        _unappliedFrom = LogIndex.Min(_unappliedFrom, from);
    }

    /// <summary>Everything up to <paramref name="applied"/> is applied.</summary>
    public void OnApplied(LogIndex applied)
    {
        for (; _unappliedFrom <= applied && _unappliedFrom.Value < First.Value + _count; _unappliedFrom = _unappliedFrom.Next) UnappliedBytes -= this[_unappliedFrom].Bytes;
    }

    /// <summary>Forgets applied entries, oldest first, while more than <paramref name="bytesMax"/> are kept.</summary>
    public void Evict(LogIndex applied, long bytesMax)
    {
        while (_count > 0 && _bytes > bytesMax && First <= applied)
        {
            Remove(_start);
            _start = (_start + 1) & (_ring.Length - 1);
            _count--;
            First = First.Next;
        }
    }

    /// <summary>Entries from <paramref name="from"/> to <paramref name="to"/>, at least one, until <paramref name="bytesMax"/> is reached.</summary>
    public IReadOnlyList<LogEntry> Slice(LogIndex from, LogIndex to, int bytesMax)
    {
        var offset = (int)(from.Value - First.Value);
        var available = (int)Math.Min(to.Value - from.Value + 1, _count - offset);
        var taken = 0;
        for (long bytes = 0; taken < available; taken++)
        {
            bytes += _ring[Place(offset + taken)].Bytes;
            if (bytes > bytesMax && taken > 0) break;
        }

        var entries = new LogEntry[taken];
        for (var i = 0; i < taken; i++) entries[i] = _ring[Place(offset + i)];
        return entries;
    }

    public void Reset(LogIndex first)
    {
        Array.Clear(_ring);
        (_start, _count, _bytes, First) = (0, 0, 0, first);
        (UnappliedBytes, _unappliedFrom) = (0, first);
    }

    private int Place(int offset) => (_start + offset) & (_ring.Length - 1);

    private void Remove(int place)
    {
        _bytes -= _ring[place].Bytes;
        _ring[place] = default;
    }

    private void Grow()
    {
        var larger = new LogEntry[_ring.Length * 2];
        for (var i = 0; i < _count; i++) larger[i] = _ring[Place(i)];
        (_ring, _start) = (larger, 0);
    }
}
