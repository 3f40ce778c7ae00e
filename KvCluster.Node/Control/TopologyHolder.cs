using KvCluster.Node.Storage;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Control;

/// <summary>The newest topology this server knows, in memory and on disk. It never goes back to an older one.</summary>
/// <remarks>
/// The file only tells a restarted server whom to ask; roles come from the register alone. So it is written behind the change, which
/// a failover need not wait for, and a disk that refuses it stops nothing. A damaged one is set aside for the same reason: to which cluster the
/// server belongs stands elsewhere (<c>identity.json</c>), as does the lineage that it must not go back behind (its vote).
/// </remarks>
public sealed partial class TopologyHolder
{
    private readonly Lock _lock = new();
    private readonly Lock _writing = new();
    private readonly string? _path;
    private readonly ILogger _logger;
    private ClusterTopology? _current;
    private ClusterTopology? _written;
    private string _versionText = "0";

    /// <param name="path">Where it is kept; none for a holder in memory only.</param>
    public TopologyHolder(string? path = null, ILogger? logger = null)
    {
        (_path, _logger) = (path, logger ?? Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        if (path is not null && Load(path) is { } known) Set(known);
    }

    /// <summary>Called with every newer topology, in order, by the thread that brought it.</summary>
    public event Action<ClusterTopology>? Changed;

    public ClusterTopology? Current => Volatile.Read(ref _current);

    /// <summary>Version and cluster as header values, made once for each version.</summary>
    public string VersionText => Volatile.Read(ref _versionText);
    public string ClusterText { get; private set; } = "";

    /// <summary>The lineage likewise; none while the register was never restored.</summary>
    public string? LineageText { get; private set; }

    /// <summary>Which server of the topology this process is, once it is registered.</summary>
    public ServerId Self { get; set; }

    /// <summary>A register before this one was restored and is void: its documents are refused, whoever brings them.</summary>
    public int LineageMin { get; set; }
    public NodeInfo? OwnNode => Self == ServerId.None ? null : Current?.NodeOf(Self);
    public bool IsMaster => Self != ServerId.None && Current?.Master == Self;

    /// <returns>False when it is not newer than what is known, or of another cluster.</returns>
    public bool TryAdopt(ClusterTopology topology)
    {
        lock (_lock)
        {
            if (topology.Lineage < LineageMin || (_current is { } current && !IsNewer(topology, current))) return false;
            Set(topology);
            Changed?.Invoke(topology);
            if (_path is not null) ThreadPool.QueueUserWorkItem(_ => Write());
            return true;
        }
    }

    private ClusterTopology? Load(string path)
    {
        if (!File.Exists(path)) return null;
        if (TopologyFile.TryRead(path) is { } known) return known;
        var kept = $"{path}.damaged-{Guid.NewGuid():N}";
        TopologyFile.SetAside(path, kept);
        LogDamaged(_logger, path, kept);
        return null;
    }

    private void Write()
    {
        lock (_writing)
        {
            if (Current is not { } current || ReferenceEquals(current, _written)) return;
            try
            {
                TopologyFile.Write(_path!, current);
                _written = current;
            }
            catch (StorageException failure)
            {
                LogNotWritten(_logger, current.Version, failure.Message);
            }
        }
    }

    private static bool IsNewer(ClusterTopology next, ClusterTopology current) =>
        next.ClusterId == current.ClusterId && (next.Lineage, next.Version).CompareTo((current.Lineage, current.Version)) > 0;

    private void Set(ClusterTopology topology)
    {
        Volatile.Write(ref _current, topology);
        Volatile.Write(ref _versionText, topology.Version.ToString(System.Globalization.CultureInfo.InvariantCulture));
        LineageText = topology.Lineage == 0 ? null : topology.Lineage.ToString(System.Globalization.CultureInfo.InvariantCulture);
        ClusterText = topology.ClusterId.ToString();
    }

    [LoggerMessage(3030, LogLevel.Warning, "Topology {Version} could not be written to the disk: {Reason}")]
    private static partial void LogNotWritten(ILogger logger, long version, string reason);

    [LoggerMessage(3032, LogLevel.Warning, "The topology in {Path} is damaged. It is kept as {Kept}; this server asks its seeds and the other voters for it.")]
    private static partial void LogDamaged(ILogger logger, string path, string kept);
}
