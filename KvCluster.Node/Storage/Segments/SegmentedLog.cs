using System.Collections.Immutable;
using KvCluster.Core.Log;
using KvCluster.Core.Replication;
using KvCluster.Protocol.Identity;

namespace KvCluster.Node.Storage.Segments;

/// <summary>The log on the disk: segments one behind the other, each a file of its own.</summary>
/// <remarks>
/// One thread appends, syncs, cuts and trims; any thread reads. Whoever opens it finds every entry that was synced and not cut or trimmed; behind them
/// perhaps some that were not, in their order and without a gap; all of them are durable then.
/// </remarks>
internal sealed class SegmentedLog : IDisposable
{
    public const long SegmentBytes = 16 << 20;
    private readonly SegmentFiles _files;
    private readonly long _capacity;
    private readonly Lock _structure = new();
    private readonly List<LogSegment> _segments = [];
    private readonly List<EpochStart> _starts = [];
    private LogPosition _base;
    private Revision _baseRevision;

    // Once for each segment: a disk without room is not asked again and again.
    private long _preparedIn;

    // How often entries went away: who read meanwhile may have seen something else in their place.
    private long _removals;

    private SegmentedLog(SegmentFiles files, long capacity) => (_files, _capacity) = (files, capacity);

    /// <summary>Opens the log of that number, or makes it where there is none.</summary>
    /// <exception cref="StorageException">Its first segment is damaged. That it ends too early only its owner knows.</exception>
    public static SegmentedLog Open(string folder, long number, long capacity = SegmentBytes)
    {
        SegmentedLog? log = null;
        try
        {
            var files = new SegmentFiles(folder, number, capacity);
            log = new SegmentedLog(files, capacity);
            var numbers = files.Numbers();
            foreach (var next in numbers)
                if (!log.TryRecover(next)) break;
            if (log._segments.Count == 0)
            {
                if (numbers.Count > 0 && numbers[^1] > 1) throw new StorageException(StorageFailure.Corrupt, $"The log's first segment in {folder} is damaged.");
                log.Begin(default, default);
            }

            // What a process wrote before it was killed is read back whether it was synced or not; from now on it counts as synced.
            log.Sync();
            (log._base, log._baseRevision) = (log._segments[0].Base, log._segments[0].BaseRevision);
            return log;
        }
        catch (Exception failure)
        {
            log?.Dispose();
            if (StorageException.IsFromFile(failure)) throw StorageException.From(failure, $"The log in {folder} cannot be opened");
            throw;
        }
    }

    /// <summary>Makes a log without entries that begins after <paramref name="position"/>; durable when it returns.</summary>
    public static SegmentedLog Create(string folder, long number, LogPosition position, Revision revision)
    {
        try
        {
            var files = new SegmentFiles(folder, number, SegmentBytes);
            foreach (var old in files.Numbers()) files.Delete(old);
            var log = new SegmentedLog(files, SegmentBytes) { _base = position, _baseRevision = revision };
            log.Begin(position, revision);
            return log;
        }
        catch (Exception failure) when (StorageException.IsFromFile(failure))
        {
            throw StorageException.From(failure, $"A log in {folder} could not be made");
        }
    }

    public LogIndex Last => Current.Last.Index;

    /// <summary>Bytes of its records, those among them that are trimmed and share a segment with one that is not.</summary>
    public long Bytes
    {
        get
        {
            lock (_structure) return _segments.Sum(segment => segment.End.Offset);
        }
    }

    private LogSegment Current => _segments[^1];

    public LogDescription Describe()
    {
        lock (_structure)
        {
            var first = _base.Index.Next;
            var (last, revision) = (Current.Last.Index, Revision.Max(_baseRevision, Current.LastRevision));
            var starts = _starts
                .Where((start, i) => start.First <= last && (i == _starts.Count - 1 || _starts[i + 1].First > first))
                .Select(start => start with { First = LogIndex.Max(start.First, first) })
                .Where(start => start.First <= last);
            return new LogDescription(first, last, revision, _base.Epoch, [.. starts]);
        }
    }

    /// <summary>Cuts from <paramref name="truncateFrom"/> on, durably, if it is given; then adds entries, which are durable with the next <see cref="Sync"/>.</summary>
    public void Append(LogIndex? truncateFrom, IReadOnlyList<LogEntry> entries)
    {
        try
        {
            if (truncateFrom is { } from && from <= Last) Cut(from);
            if (entries.Count > 0) Append(entries);
        }
        catch (Exception failure) when (StorageException.IsFromFile(failure))
        {
            throw StorageException.From(failure, "The log could not be written");
        }
    }

    /// <exception cref="StorageException">The system could not write it through.</exception>
    public void Sync() => Current.Sync();

    /// <summary>Entries from <paramref name="from"/> on, at least one if it is there, until <paramref name="bytesMax"/> is reached. From any thread.</summary>
    public IReadOnlyList<LogEntry> Read(LogIndex from, int bytesMax)
    {
        try
        {
            while (true)
            {
                var removals = Volatile.Read(ref _removals);
                var entries = new List<LogEntry>();
                if (TryRead(from, bytesMax, entries)) return entries;
                if (removals == Volatile.Read(ref _removals)) throw new StorageException(StorageFailure.Corrupt, $"Log entry {from.Value + entries.Count} is damaged.");
            }
        }
        catch (Exception failure) when (StorageException.IsFromFile(failure))
        {
            throw StorageException.From(failure, "The log could not be read");
        }
    }

    /// <summary>Entries up to <paramref name="upTo"/> are not needed any more. Segments that hold no others go.</summary>
    public void Trim(LogIndex upTo)
    {
        if (upTo <= _base.Index) return;
        var last = Read(upTo, 1);
        if (last.Count == 0) throw new StorageException(StorageFailure.Corrupt, $"The log lacks entry {upTo}.");
        var gone = new List<LogSegment>();
        lock (_structure)
        {
            (_base, _baseRevision) = (new LogPosition(last[0].Epoch, upTo), last[0].Revision);
            while (_segments.Count > 1 && _segments[0].Last.Index <= upTo)
            {
                gone.Add(_segments[0]);
                _segments.RemoveAt(0);
            }

            _removals++;
        }

        Give(gone);
    }

    /// <summary>Closes it and deletes its files.</summary>
    public void Delete()
    {
        Dispose();
        try
        {
            foreach (var number in _files.Numbers()) _files.Delete(number);
        }
        catch (Exception failure) when (StorageException.IsFromFile(failure))
        {
            throw StorageException.From(failure, "The log that was replaced could not be deleted");
        }
    }

    public void Dispose()
    {
        lock (_structure)
        {
            _removals++;
            foreach (var segment in _segments) segment.Dispose();
            _segments.Clear();
        }

        _files.Finish();
    }

    private bool TryRecover(long number)
    {
        if (_segments.Count > 0 && number != Current.Number + 1) return false;
        if (LogSegment.Open(_files.PathOf(number), number) is not { } segment) return false;
        if (_segments.Count > 0 && segment.Base != Current.Last)
        {
            // The one before has lost its end, or this one was cut off and its name came back.
            segment.Dispose();
            return false;
        }

        _segments.Add(segment);
        segment.Recover(NoteEpoch);
        return true;
    }

    private void Append(IReadOnlyList<LogEntry> entries)
    {
        if (entries[0].Index != Last.Next) throw new InvalidOperationException($"Entry {entries[0].Index} does not follow {Last}.");
        for (var done = 0; done < entries.Count;)
        {
            var count = Current.CountFitting(entries, done, _capacity);
            if (count == 0) Roll();
            else Current.Append(entries, done, count, _structure);
            done += count;
        }

        if (_starts.Count == 0 || _starts[^1].Epoch != entries[^1].Epoch)
            foreach (var entry in entries) NoteEpoch(new LogPosition(entry.Epoch, entry.Index));
        if (Current.End.Offset <= _capacity / 4 || _preparedIn == Current.Number) return;
        _preparedIn = Current.Number;
        _files.Prepare();
    }

    private void NoteEpoch(LogPosition entry)
    {
        lock (_structure)
        {
            if (_starts.Count == 0 || _starts[^1].Epoch != entry.Epoch) _starts.Add(new EpochStart(entry.Epoch, entry.Index));
        }
    }

    // What is in one segment is on the disk before the next begins: no segment is ever longer there than the one before it.
    private void Roll()
    {
        Current.Sync();
        Begin(Current.Last, Current.LastRevision);
    }

    private void Begin(LogPosition position, Revision revision)
    {
        var number = _segments.Count == 0 ? 1 : Current.Number + 1;
        foreach (var stale in _files.Numbers().Where(stale => stale >= number)) _files.Delete(stale);
        var segment = LogSegment.Begin(_files.Take(number), _files.PathOf(number), number, position, revision);
        segment.Sync();
        _files.SyncNames();
        lock (_structure) _segments.Add(segment);
    }

    private void Cut(LogIndex from)
    {
        lock (_structure)
        {
            _removals++;
            var gone = new List<LogSegment>();
            while (_segments.Count > 1 && Current.Base.Index >= from)
            {
                gone.Add(Current);
                _segments.RemoveAt(_segments.Count - 1);
            }

            Give(gone);
            Current.Cut(from);
            _starts.RemoveAll(start => start.First >= from);
        }
    }

    // For good before one of the files is used again, and from the end that they are at: what a crash leaves of their names is without a gap.
    private void Give(List<LogSegment> gone)
    {
        if (gone.Count == 0) return;
        try
        {
            foreach (var segment in gone) _files.Give(segment);
            _files.SyncNames();
        }
        catch (Exception failure) when (StorageException.IsFromFile(failure))
        {
            throw StorageException.From(failure, "The log could not be shortened");
        }
    }

    // False when something else was found than the log held: it is damaged, or entries went away meanwhile.
    private bool TryRead(LogIndex from, int bytesMax, List<LogEntry> entries)
    {
        long bytes = 0;
        for (var next = from; entries.Count == 0 || bytes < bytesMax; next = new LogIndex(from.Value + entries.Count))
        {
            RecordWalk walk;
            LogIndex at, last;
            lock (_structure)
            {
                if (_segments.Count == 0 || next <= _base.Index || next > Last) return true;
                var segment = _segments.FindLast(segment => segment.Base.Index < next)!;
                (var place, at) = segment.MarkBefore(next);
                (walk, last) = (segment.Walk(place, segment.End.Offset), segment.Last.Index);
            }

            using (walk)
            {
                for (; at <= last && (entries.Count == 0 || bytes < bytesMax); at = at.Next)
                {
                    if (!walk.MoveNext() || walk.Head.Index != at) return false;
                    if (at < next) continue;
                    var entry = new LogEntry(walk.Head.Epoch, at, walk.Head.Revision, walk.Head.Kind, walk.Payload.ToArray());
                    entries.Add(entry);
                    bytes += entry.Bytes;
                }
            }
        }

        return true;
    }
}
