using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace KvCluster.Node.Storage.Segments;

/// <summary>The files of one log in the store's folder, and a few files kept ready for its next segments.</summary>
/// <remarks>
/// Behind the end of a file each sync has to write the file's new length too, in the file system's journal; within a file that has all its bytes it writes
/// what was changed. So a segment gets the file of one that was trimmed, or one that was filled with zeros beforehand.
/// </remarks>
internal sealed class SegmentFiles
{
    private const string Extension = ".segment";
    private const string SparePrefix = "spare-";
    private const string Temporary = ".tmp";
    private const int SparesMax = 4;
    private const int FillBytes = 512 << 10;
    private readonly string _folder;
    private readonly string _prefix;
    private readonly long _capacity;
    private readonly ConcurrentQueue<string> _spares = new();
    private Task _filling = Task.CompletedTask;

    /// <param name="log">Number of the log: one that a snapshot began anew has another.</param>
    /// <param name="capacity">Bytes of a file that is kept ready.</param>
    public SegmentFiles(string folder, long log, long capacity)
    {
        (_folder, _prefix, _capacity) = (folder, Prefix(log), capacity);
        foreach (var path in Directory.EnumerateFiles(folder, SparePrefix + "*"))
        {
            if (path.EndsWith(Extension, StringComparison.Ordinal) && _spares.Count < SparesMax) _spares.Enqueue(path);
            else File.Delete(path);
        }
    }

    public static SafeFileHandle OpenFile(string path) => File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);

    /// <summary>Deletes what any other log than this one left behind.</summary>
    public static void DeleteOthers(string folder, long log)
    {
        foreach (var path in Directory.EnumerateFiles(folder, $"log-*{Extension}"))
            if (!Path.GetFileName(path).StartsWith(Prefix(log), StringComparison.Ordinal)) File.Delete(path);
    }

    /// <summary>Segments' numbers, ascending.</summary>
    public IReadOnlyList<long> Numbers() =>
        [.. Directory.EnumerateFiles(_folder, $"{_prefix}*{Extension}").Select(path => long.Parse(Path.GetFileNameWithoutExtension(path).AsSpan(_prefix.Length), CultureInfo.InvariantCulture)).Order()];

    public string PathOf(long number) => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{_prefix}{number:D10}{Extension}"));

    /// <summary>A file for that segment under its name; the name is durable after <see cref="SyncNames"/>.</summary>
    public SafeFileHandle Take(long number)
    {
        var path = PathOf(number);
        if (!_spares.TryDequeue(out var spare)) return File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite);
        File.Move(spare, path, overwrite: true);
        return OpenFile(path);
    }

    /// <summary>The segment's file is no longer needed under its name. Before anything is written into it again, <see cref="SyncNames"/>.</summary>
    public void Give(LogSegment segment)
    {
        segment.Dispose();
        if (_spares.Count < SparesMax && new FileInfo(segment.Path).Length == _capacity)
        {
            var spare = NewSpare();
            File.Move(segment.Path, spare);
            _spares.Enqueue(spare);
        }
        else
        {
            File.Delete(segment.Path);
        }
    }

    public void Delete(long number) => File.Delete(PathOf(number));

    public void SyncNames() => FileSync.SyncDirectory(_folder);

    /// <summary>Sees to it that there will be a file for the next segment.</summary>
    public void Prepare()
    {
        if (_spares.IsEmpty && _filling.IsCompleted) _filling = Task.Run(Fill);
    }

    /// <summary>Waits for what is prepared.</summary>
    public void Finish() => _filling.GetAwaiter().GetResult();

    private static string Prefix(long log) => string.Create(CultureInfo.InvariantCulture, $"log-{log}-");

    private string NewSpare() => Path.Combine(_folder, $"{SparePrefix}{Guid.NewGuid():N}{Extension}");

    private void Fill()
    {
        var spare = NewSpare();
        try
        {
            using (var file = File.OpenHandle(spare + Temporary, FileMode.CreateNew, FileAccess.ReadWrite))
            {
                // Piece by piece, so that a sync of the log never waits behind all of it.
                var zeros = new byte[FillBytes];
                for (long at = 0; at < _capacity; at += zeros.Length)
                {
                    RandomAccess.Write(file, zeros.AsSpan(0, (int)Math.Min(zeros.Length, _capacity - at)), at);
                    FileSync.SyncData(file);
                }
            }

            File.Move(spare + Temporary, spare);
            _spares.Enqueue(spare);
        }
        catch (Exception failure) when (failure is StorageException || StorageException.IsFromFile(failure))
        {
            // The next segment begins with an empty file then, and the log's thread meets what is wrong by itself.
            File.Delete(spare + Temporary);
        }
    }
}
