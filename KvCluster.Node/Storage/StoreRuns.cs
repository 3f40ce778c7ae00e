using System.Globalization;

namespace KvCluster.Node.Storage;

/// <summary>
/// The runs of a server's process that its store has seen, a line each. The topology names the newest: a store that does not know it is an
/// older state of itself, restored from somewhere, and lacks what was acknowledged since.
/// </summary>
/// <remarks>
/// A run is written down before it asks for its place, so a run that the topology may know is never missing here. The file lies in the
/// store's folder and goes wherever that goes.
/// </remarks>
internal static class StoreRuns
{
    private const string FileName = "RUNS";

    // Far more starts than can fail one after the other without anybody looking.
    private const int RunsMax = 512;

    /// <returns>The runs before this one.</returns>
    /// <exception cref="StorageException">The disk refused.</exception>
    public static IReadOnlyList<Guid> Add(string storePath, Guid run)
    {
        var path = Path.Combine(storePath, FileName);
        var known = Read(path);
        var kept = known.Append(run).TakeLast(RunsMax).Select(id => id.ToString("D", CultureInfo.InvariantCulture));
        AtomicFile.Write(path, System.Text.Encoding.ASCII.GetBytes(string.Join('\n', kept)));
        return known;
    }

    // What cannot be read is not known: then the store counts as an old one, and its peer fills a new one.
    private static List<Guid> Read(string path)
    {
        try
        {
            var runs = new List<Guid>();
            if (!File.Exists(path)) return runs;
            foreach (var line in File.ReadLines(path))
                if (Guid.TryParse(line, CultureInfo.InvariantCulture, out var run)) runs.Add(run);
            return runs;
        }
        catch (Exception failure) when (StorageException.IsFromFile(failure))
        {
            throw StorageException.From(failure, $"{path} cannot be read");
        }
    }
}
