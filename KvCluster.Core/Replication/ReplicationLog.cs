using KvCluster.Core.Log;
using KvCluster.Core.Replication.Effects;
using KvCluster.Core.Replication.Messages;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication;

/// <summary>
/// This server's log as the core sees it: where it ends, which epoch each entry is of, what is on the disk, and the newest
/// entries in memory. Older entries are on the disk only.
/// </summary>
internal sealed class ReplicationLog
{
    private readonly LogTail _tail;
    private readonly EpochMap _epochs;
    private readonly List<LogEntry> _unsaved = [];
    private readonly Queue<PendingWrite> _pending = new();
    private LogIndex? _truncateFrom;

    public ReplicationLog(CoreStart start)
    {
        _tail = new LogTail(start.Last.Index.Next);
        _epochs = new EpochMap(start.Base, start.EpochStarts);
        Last = start.Last;
        LastRevision = start.LastRevision;
        Durable = start.Last.Index;
    }

    public LogPosition Base => _epochs.Base;
    public LogPosition Last { get; private set; }
    public Revision LastRevision { get; private set; }

    /// <summary>Everything up to here is on this server's disk.</summary>
    public LogIndex Durable { get; private set; }

    /// <summary>Number of the newest persist; a message that speaks for the whole log waits for it.</summary>
    public long LastWriteId { get; private set; }

    /// <summary>When the oldest persist that is still under way began; none when the disk has everything.</summary>
    public long? OldestWriteAt => _pending.Count == 0 ? null : _pending.Peek().At;

    public LogIndex TailFirst => _tail.First;
    public bool HasUnsaved => _unsaved.Count > 0 || _truncateFrom is not null;

    public void Append(in LogEntry entry)
    {
        if (entry.Index != Last.Index.Next) throw new InvalidOperationException($"Entry {entry.Index} does not follow {Last.Index}.");
        _tail.Add(entry);
        _epochs.Note(entry.Epoch, entry.Index);
        _unsaved.Add(entry);
        Last = new LogPosition(entry.Epoch, entry.Index);
        LastRevision = Revision.Max(LastRevision, entry.Revision);
    }

    /// <summary>Cuts the log so that <paramref name="last"/> is its end.</summary>
    public void TruncateAfter(LogIndex last)
    {
        if (last >= Last.Index) return;
        var from = last.Next;
        _unsaved.RemoveAll(entry => entry.Index >= from);
        _tail.TruncateFrom(from);
        _epochs.TruncateFrom(from);
        _truncateFrom = _truncateFrom is { } earlier && earlier < from ? earlier : from;
        Last = new LogPosition(_epochs.At(last), last);
        Durable = LogIndex.Min(Durable, last);

        // A write that is still under way may carry entries that were cut just now: it no longer speaks for them.
        for (var i = _pending.Count; i > 0; i--)
        {
            var write = _pending.Dequeue();
            _pending.Enqueue(write with { Last = LogIndex.Min(write.Last, last) });
        }
    }

    /// <summary>The group of changes collected since the last call, as one persist.</summary>
    public PersistEffect? TakeGroup(long now)
    {
        if (!HasUnsaved) return null;
        var effect = new PersistEffect(++LastWriteId, _truncateFrom, _unsaved.ToArray());
        _pending.Enqueue(new PendingWrite(LastWriteId, Last.Index, now));
        _unsaved.Clear();
        _truncateFrom = null;
        return effect;
    }

    /// <summary>What was not handed to the disk yet never will be: a snapshot takes the log's place.</summary>
    public void DropUnsaved()
    {
        _unsaved.Clear();
        _truncateFrom = null;
    }

    /// <returns>True when more of the log is durable than before.</returns>
    public bool OnDurable(long writeId)
    {
        var before = Durable;
        while (_pending.Count > 0 && _pending.Peek().Id <= writeId) Durable = LogIndex.Max(Durable, _pending.Dequeue().Last);
        return Durable > before;
    }

    public Epoch EpochAt(LogIndex index) => _epochs.At(index);
    public bool Holds(LogPosition position) => position.Index >= Base.Index && position.Index <= Last.Index && EpochAt(position.Index) == position.Epoch;
    public LogPosition PositionOf(LogIndex index) => new(EpochAt(index), index);
    public IReadOnlyList<LogEntry> Slice(LogIndex from, LogIndex to, int bytesMax) => _tail.Slice(from, to, bytesMax);
    public EntryKind KindInTail(LogIndex index) => _tail[index].Kind;
    /// <summary>Bytes of the entries that were appended by this run and are not applied yet.</summary>
    public long UnappliedBytes => _tail.UnappliedBytes;
    public void OnApplied(LogIndex applied) => _tail.OnApplied(applied);
    public void EvictTail(LogIndex applied, long bytesMax) => _tail.Evict(applied, bytesMax);
    public void TrimTo(LogIndex upTo) => _epochs.TrimTo(upTo);
    public double AverageEntryBytes => _tail.AverageEntryBytes;

    public LogReport Report(Epoch epoch, int lineage, LogIndex applied) => new(epoch, lineage, Base, Last, applied, _epochs.Starts);

    /// <summary>The newest entry that both logs hold; none when they have nothing in common that is still kept.</summary>
    public LogIndex? LastCommon(LogReport report) => _epochs.LastCommon(Last.Index, report);

    /// <summary>A snapshot took the log's place: it begins anew behind <paramref name="position"/>.</summary>
    public void Reset(LogPosition position, Revision lastRevision)
    {
        _tail.Reset(position.Index.Next);
        _epochs.Reset(position);
        DropUnsaved();
        _pending.Clear();
        Last = position;
        Durable = position.Index;
        LastRevision = Revision.Max(LastRevision, lastRevision);
    }

    private readonly record struct PendingWrite(long Id, LogIndex Last, long At);
}
