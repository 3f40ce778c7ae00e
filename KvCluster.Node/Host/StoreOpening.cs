using KvCluster.Node.Control;
using KvCluster.Node.Options;
using KvCluster.Node.Storage;
using KvCluster.Protocol.Identity;

namespace KvCluster.Node.Host;

/// <summary>Opens the store of this server, or begins a new one beside a damaged one that its peer can fill.</summary>
/// <remarks>
/// A damaged store is given up only when the last topology this server knew names another server of its node in sync: that one has every
/// acknowledged write. Should it have been lost since, the cluster refuses the new store, and the old one still lies beside it for an operator.
/// Where this server alone was in sync it does not start: what is readable of its store is the best copy there is.
/// </remarks>
internal sealed partial class StoreOpening(DataDirectory data, KvNodeOptions options, TopologyHolder holder, ILogger<StoreOpening> logger)
{
    private bool HasPeerInSync => holder.Current?.NodeOf(data.ServerId) is { } node && node.InSync.Any(id => id != data.ServerId);

    /// <exception cref="StorageException">It cannot be used, and nobody is known to have its data.</exception>
    public DiskStorage Open()
    {
        if (data.Damage is { } known) return Replace(new StorageException(StorageFailure.Corrupt, known));
        try
        {
            return OpenPresent();
        }
        catch (StorageException damage) when (damage.Failure == StorageFailure.Corrupt && HasPeerInSync)
        {
            data.MarkDamaged(damage.Message);
            return Replace(damage);
        }
    }

    /// <summary>Found while the server served: the next start begins without this store.</summary>
    /// <returns>False when it stays in use, because nobody else is known to have its data.</returns>
    public bool TryMarkDamaged(StorageException damage)
    {
        if (!HasPeerInSync) return false;
        try
        {
            data.MarkDamaged(damage.Message);
            return true;
        }
        catch (StorageException failure)
        {
            LogNotMarked(logger, failure.Message);
            return false;
        }
    }

    // A server that belongs to a cluster has a store; without it, it is not the server that the topology knows.
    private DiskStorage OpenPresent()
    {
        var path = data.StorePath;
        if (data.ClusterId != ClusterId.None && !File.Exists(Path.Combine(path, "CURRENT")))
            throw new StorageException(StorageFailure.Corrupt, $"{path} is missing or empty, but the folder belongs to cluster {data.ClusterId}.");
        var storage = new DiskStorage(path, options.CacheBytes);
        try
        {
            // Looks at both ends of the log and at what was promised of it.
            _ = storage.DescribeLog();
            return storage;
        }
        catch
        {
            storage.Dispose();
            throw;
        }
    }

    private DiskStorage Replace(StorageException damage)
    {
        if (!HasPeerInSync) throw damage;
        LogSetAside(logger, damage.Message, data.SetStoreAside());
        return new DiskStorage(data.StorePath, options.CacheBytes);
    }

    [LoggerMessage(1006, LogLevel.Critical, "The store is damaged ({Reason}) and lies in {Path} now. This server begins with an empty one, to be filled by its peer.")]
    private static partial void LogSetAside(ILogger logger, string reason, string path);

    [LoggerMessage(1007, LogLevel.Critical, "The store is damaged, and that could not be written down: {Reason}")]
    private static partial void LogNotMarked(ILogger logger, string reason);
}
