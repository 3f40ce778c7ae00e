using System.Buffers;
using KvCluster.Core.Log;
using KvCluster.Core.Replication;
using KvCluster.Protocol.Identity;
using Microsoft.Win32.SafeHandles;

namespace KvCluster.Node.Storage.Segments;

/// <summary>One file of the log: a header, then records one behind the other, then whatever was there before.</summary>
internal sealed class LogSegment : IDisposable
{
    // From the nearest remembered place on a record is looked for.
    private const int MarkEvery = 32;
    private readonly SafeFileHandle _file;
    private readonly SegmentHeader _header;
    private readonly List<RecordPlace> _marks = [];

    private LogSegment(SafeFileHandle file, string path, SegmentHeader header)
    {
        (_file, Path, _header) = (file, path, header);
        (Last, LastRevision, End) = (header.Base, header.BaseRevision, new RecordPlace(SegmentHeader.Bytes, header.Checksum));
    }

    public string Path { get; }
    public long Number => _header.Number;

    /// <summary>The entry before the first one here.</summary>
    public LogPosition Base => _header.Base;
    public Revision BaseRevision => _header.BaseRevision;

    /// <summary>The newest entry here; <see cref="Base"/> when there is none.</summary>
    public LogPosition Last { get; private set; }

    /// <summary>The highest revision up to it.</summary>
    public Revision LastRevision { get; private set; }

    /// <summary>Where the next record goes.</summary>
    public RecordPlace End { get; private set; }

    /// <summary>Makes a file a segment without entries. Durable with the next <see cref="Sync"/>.</summary>
    public static LogSegment Begin(SafeFileHandle file, string path, long number, LogPosition @base, Revision baseRevision)
    {
        var block = new byte[SegmentHeader.Bytes];
        var header = SegmentHeader.Make(number, @base, baseRevision, block);
        RandomAccess.Write(file, block, 0);
        return new LogSegment(file, path, header);
    }

    /// <returns>Nothing when no segment of that number was begun in the file.</returns>
    /// <exception cref="StorageException">Its header is damaged.</exception>
    public static LogSegment? Open(string path, long number)
    {
        var file = SegmentFiles.OpenFile(path);
        try
        {
            var block = new byte[SegmentHeader.Bytes];
            var read = RandomAccess.Read(file, block, 0);
            if (SegmentHeader.Read(block.AsSpan(0, read), path) is { } header && header.Number == number) return new LogSegment(file, path, header);
        }
        catch
        {
            file.Dispose();
            throw;
        }

        file.Dispose();
        return null;
    }

    /// <summary>Finds the records that are there.</summary>
    /// <param name="recovered">Told of each.</param>
    public void Recover(Action<LogPosition> recovered)
    {
        using var walk = new RecordWalk(_file, End, RandomAccess.GetLength(_file));
        while (walk.MoveNext() && walk.Head.Index == Last.Index.Next && walk.Head.Epoch >= Last.Epoch)
        {
            Take(walk.Head);
            recovered(Last);
        }
    }

    /// <summary>How many of the entries from <paramref name="from"/> on have room; one at least where none is here yet.</summary>
    public int CountFitting(IReadOnlyList<LogEntry> entries, int from, long capacity)
    {
        var count = 0;
        for (var end = End.Offset; from + count < entries.Count; count++)
        {
            end += LogRecord.BytesOf(entries[from + count]);
            if (end > capacity && (count > 0 || Last.Index != Base.Index)) break;
        }

        return count;
    }

    /// <summary>Writes entries behind the others, without a sync.</summary>
    /// <param name="structure">Held while they become part of the segment, not while they are written.</param>
    public void Append(IReadOnlyList<LogEntry> entries, int from, int count, Lock structure)
    {
        var bytes = 0;
        for (var i = from; i < from + count; i++) bytes += LogRecord.BytesOf(entries[i]);
        var buffer = ArrayPool<byte>.Shared.Rent(bytes);
        var before = End.Before;
        for (int i = from, at = 0; i < from + count; at += LogRecord.BytesOf(entries[i++]))
            before = LogRecord.Write(entries[i], before, buffer.AsSpan(at, LogRecord.BytesOf(entries[i])));
        RandomAccess.Write(_file, buffer.AsSpan(0, bytes), End.Offset);
        lock (structure)
        {
            for (int i = from, at = 0; i < from + count; at += LogRecord.BytesOf(entries[i++])) Take(RecordHead.Read(buffer.AsSpan(at)));
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    public void Sync() => FileSync.SyncData(_file);

    /// <summary>The log ends before that entry from now on, durably.</summary>
    public void Cut(LogIndex from)
    {
        // Up to the one before, whose epoch and revision are those of the end.
        var (last, revision, place) = (Base, BaseRevision, new RecordPlace(SegmentHeader.Bytes, _header.Checksum));
        if (from > Base.Index.Next)
        {
            using var walk = WalkTo(from.Previous);
            if (!walk.MoveNext()) throw Damaged(from.Previous);
            (last, revision, place) = (new LogPosition(walk.Head.Epoch, walk.Head.Index), walk.Head.Revision, walk.Next);
        }

        RandomAccess.Write(_file, new byte[RecordHead.Bytes], place.Offset);
        Sync();
        (Last, LastRevision, End) = (last, Revision.Max(revision, BaseRevision), place);
        var marks = (int)((last.Index.Value - Base.Index.Value + MarkEvery - 1) / MarkEvery);
        _marks.RemoveRange(marks, _marks.Count - marks);
    }

    /// <summary>The remembered place of the newest entry that is not behind <paramref name="index"/>, and which that is.</summary>
    public (RecordPlace Place, LogIndex Index) MarkBefore(LogIndex index)
    {
        var mark = (int)((index.Value - Base.Index.Next.Value) / MarkEvery);
        return (_marks[mark], new LogIndex(Base.Index.Next.Value + ((long)mark * MarkEvery)));
    }

    /// <param name="end">Up to where records are read, from a moment before.</param>
    public RecordWalk Walk(RecordPlace from, long end) => new(_file, from, end);

    public void Dispose() => _file.Dispose();

    // The next record is that entry's.
    private RecordWalk WalkTo(LogIndex index)
    {
        var (place, at) = MarkBefore(index);
        var walk = Walk(place, End.Offset);
        for (; at < index; at = at.Next)
            if (!walk.MoveNext()) throw Damaged(at);
        return walk;
    }

    private void Take(in RecordHead head)
    {
        if ((Last.Index.Value - Base.Index.Value) % MarkEvery == 0) _marks.Add(End);
        Last = new LogPosition(head.Epoch, head.Index);
        LastRevision = Revision.Max(LastRevision, head.Revision);
        End = new RecordPlace(End.Offset + RecordHead.Bytes + head.PayloadBytes, head.Checksum);
    }

    private static StorageException Damaged(LogIndex index) => new(StorageFailure.Corrupt, $"Log entry {index} is damaged.");
}
