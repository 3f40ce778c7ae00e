using System.Text.Json;
using KvCluster.Protocol.Identity;

namespace KvCluster.Node.Storage;

/// <summary>
/// A server's folder: locked by one process, named by a store id that is drawn once. Whatever else lies in a folder without an
/// identity is somebody else's and is left alone.
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    public const int Format = 2;
    private const string IdentityFile = "identity.json";
    private const string LockFile = "lock";
    private const string StoreFolder = "store";
    private const string RemovalFile = "removed";
    private const string DamageFile = "damaged";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly FileStream _lock;
    private DataIdentity _identity;
    private string? _owner;

    private DataDirectory(string path, FileStream lockFile, DataIdentity identity, bool isNew)
    {
        (Path, _lock, _identity, IsNew) = (path, lockFile, identity, isNew);
    }

    public string Path { get; }

    /// <summary>The folder was made by this call.</summary>
    public bool IsNew { get; }
    public StoreId StoreId => new(_identity.StoreId);
    public ClusterId ClusterId => new(_identity.ClusterId);
    public ServerId ServerId => new(_identity.ServerId);

    /// <summary>Lineage of the newest topology that named this server.</summary>
    public int Lineage => _identity.Lineage;
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <exception cref="StorageException">In use, foreign, damaged, of a newer version, or not to be written.</exception>
    public static DataDirectory Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            Make(path);
        }
        catch (Exception failure) when (StorageException.IsFromFile(failure))
        {
            throw StorageException.From(failure, $"The data folder {path} cannot be made");
        }

        var identityPath = System.IO.Path.Combine(path, IdentityFile);
        RefuseForeign(path, identityPath);
        var lockFile = Lock(path);
        try
        {
            // Under the lock: another process may have made the folder meanwhile, used it and ended.
            var isNew = !System.IO.File.Exists(identityPath);
            var identity = isNew ? Create(identityPath) : Renewed(identityPath, Read(identityPath));
            return new DataDirectory(path, lockFile, identity, isNew);
        }
        catch
        {
            lockFile.Dispose();
            throw;
        }
    }

    /// <summary>Says which server uses the folder from now on; it is written down with the next registration.</summary>
    /// <remarks>
    /// The cluster knows a server by its store, so a folder under another server's name would silently be that other server. A folder that
    /// was never registered, or kept no name yet, is anybody's.
    /// </remarks>
    /// <exception cref="StorageException">It is another server's.</exception>
    public void Claim(string server)
    {
        if (_identity.Name is { } owner && owner != server)
            throw new StorageException(StorageFailure.Foreign, $"{Path} is the data folder of server {owner}; this server is {server}. A server keeps its name: correct KvNode:Name or KvNode:DataDirectory, or begin with an empty folder.");
        _owner = server;
    }

    /// <summary>Remembers durably which cluster and which server the folder belongs to.</summary>
    public void AdoptCluster(ClusterId cluster, ServerId server, int lineage)
    {
        if (ClusterId == cluster && ServerId == server && Lineage == lineage && _identity.Name == _owner) return;
        _identity = _identity with { ClusterId = cluster.Value, ServerId = server.Value, Lineage = lineage, Name = _owner };
        Write(File(IdentityFile), _identity);
    }

    // A folder whose name is not on the disk is gone after a power loss, with everything that was synced inside it.
    private static void Make(string path)
    {
        if (Directory.Exists(path)) return;
        var parent = System.IO.Path.GetDirectoryName(path);
        if (parent is not null) Make(parent);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerOnly);
        if (parent is not null) FileSync.SyncDirectory(parent);
    }

    /// <summary>Why the cluster has no place for this folder any more; null while it has one.</summary>
    public string? Removal => System.IO.File.Exists(File(RemovalFile)) ? System.IO.File.ReadAllText(File(RemovalFile)) : null;

    /// <summary>Remembers durably that the server was taken out: whatever starts it anew, it does not come back by itself.</summary>
    public void MarkRemoved(string reason) => AtomicFile.Write(File(RemovalFile), System.Text.Encoding.UTF8.GetBytes(reason));

    // Before the lock, which would leave a file behind. What was listed before an identity appeared is not held against it.
    private static void RefuseForeign(string path, string identityPath)
    {
        try
        {
            var holdsMore = Directory.EnumerateFileSystemEntries(path).Any(entry => System.IO.Path.GetFileName(entry) is not (LockFile or IdentityFile + ".tmp"));
            if (!holdsMore || System.IO.File.Exists(identityPath)) return;
        }
        catch (Exception failure) when (StorageException.IsFromFile(failure))
        {
            throw StorageException.From(failure, $"The data folder {path} cannot be read");
        }

        throw new StorageException(StorageFailure.Foreign, $"{path} is not empty and holds no {IdentityFile}: it is not a data folder of this store.");
    }

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(System.IO.Path.Combine(path, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception failure) when (StorageException.IsFromFile(failure))
        {
            if (!IsHeld(failure.HResult)) throw StorageException.From(failure, $"The data folder {path} cannot be locked");
            throw new StorageException(StorageFailure.InUse, $"The data folder {path} is in use by another process.", failure);
        }
    }

    // EWOULDBLOCK of Linux and of macOS; a sharing violation of Windows.
    private static bool IsHeld(int error) => error is 11 or 35 or unchecked((int)0x80070020);

    /// <summary>Where the log and the data lie.</summary>
    public string StorePath => File(StoreFolder);

    /// <summary>Why the store must not be used again; null when nothing is known against it.</summary>
    public string? Damage => System.IO.File.Exists(File(DamageFile)) ? System.IO.File.ReadAllText(File(DamageFile)) : null;

    /// <summary>Remembers durably that the store lost or garbled something: after the next start it counts for nothing.</summary>
    public void MarkDamaged(string reason) => AtomicFile.Write(File(DamageFile), System.Text.Encoding.UTF8.GetBytes(reason));

    /// <summary>Puts a store that was marked as damaged beside, where a person can look at it, and begins with a new and empty one.</summary>
    /// <remarks>
    /// The new store has a new identity, durable before the old store goes: to the cluster it is another server, which promised nothing, cannot
    /// lead, and gets everything from its peer. An empty store under the old name would pass for one that has all it ever acknowledged.
    /// A crash on the way finds the mark and does it again.
    /// </remarks>
    /// <returns>Where the damaged store lies now.</returns>
    public string SetStoreAside()
    {
        var number = 1;
        while (Directory.Exists(Aside(number))) number++;
        try
        {
            var old = _identity;
            _identity = _identity with { StoreId = Guid.NewGuid() };
            Write(File(IdentityFile), _identity);
            if (Directory.Exists(StorePath))
            {
                Write(System.IO.Path.Combine(StorePath, IdentityFile), old);
                Directory.Move(StorePath, Aside(number));

                // The mark goes last: without it a store that came back under its name would be used again.
                FileSync.SyncDirectory(Path);
            }

            System.IO.File.Delete(File(DamageFile));
            FileSync.SyncDirectory(Path);
            return Aside(number);
        }
        catch (Exception failure) when (StorageException.IsFromFile(failure))
        {
            throw StorageException.From(failure, $"The damaged store in {Path} cannot be set aside");
        }
    }

    private string Aside(int number) => File(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{StoreFolder}.damaged-{number}"));

    // What is older is read too, and written anew in its place: from now on no older version may use the folder.
    private static DataIdentity Renewed(string path, DataIdentity identity)
    {
        if (identity.Format == Format) return identity;
        var renewed = identity with { Format = Format };
        Write(path, renewed);
        return renewed;
    }

    private static DataIdentity Create(string path)
    {
        var identity = new DataIdentity { Format = Format, StoreId = Guid.NewGuid() };
        Write(path, identity);
        return identity;
    }

    private static void Write(string path, DataIdentity identity) =>
        AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(identity, DataIdentityJson.Default.DataIdentity));

    private static DataIdentity Read(string path)
    {
        DataIdentity? identity;
        try
        {
            identity = JsonSerializer.Deserialize(System.IO.File.ReadAllBytes(path), DataIdentityJson.Default.DataIdentity);
        }
        catch (Exception damaged) when (damaged is JsonException or IOException)
        {
            throw new StorageException(StorageFailure.Corrupt, $"{path} is damaged: {damaged.Message}", damaged);
        }

        if (identity is null || identity.StoreId == Guid.Empty) throw new StorageException(StorageFailure.Corrupt, $"{path} names no store.");
        if (identity.Format > Format)
            throw new StorageException(StorageFailure.NewerFormat, $"{path} has format {identity.Format}; this version knows formats up to {Format}.");
        return identity;
    }

    public void Dispose() => _lock.Dispose();
}
