using KvCluster.Hosting.Plan;

namespace KvCluster.Hosting.Machine;

/// <summary>The folder that holds the data of all servers, owned by one AppHost at a time.</summary>
/// <remarks>
/// The lock file is held open for as long as the AppHost lives; the system lets go of it however the AppHost ends, so that nothing
/// has to be cleaned up after a crash. Each server locks its own folder besides.
/// </remarks>
internal sealed class DataRoot : IDisposable
{
    private const string LockFile = "apphost.lock";
    private readonly FileStream _lock;
    private readonly bool _ephemeral;

    private DataRoot(string directory, FileStream lockFile, bool ephemeral)
    {
        Directory = directory;
        _lock = lockFile;
        _ephemeral = ephemeral;
    }

    /// <summary>Absolute.</summary>
    public string Directory { get; }

    /// <summary>Names of the servers that have data here.</summary>
    public IEnumerable<string> ServersFound =>
        System.IO.Directory.EnumerateDirectories(Directory).Select(folder => Path.GetFileName(folder));

    /// <param name="options">Valid options.</param>
    /// <param name="defaultName">Name of the AppHost's own folder, used when the options name none.</param>
    /// <exception cref="StartException">The folder cannot be made or another AppHost has it.</exception>
    public static DataRoot Open(ClusterPlanOptions options, string defaultName)
    {
        ArgumentNullException.ThrowIfNull(options);
        var directory = options.Ephemeral ? System.IO.Directory.CreateTempSubdirectory("kvcluster-").FullName
            : options.DataDirectory is { } given ? Path.GetFullPath(given)
            : DefaultDirectory(defaultName);
        try
        {
            System.IO.Directory.CreateDirectory(directory);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The data folder {directory} cannot be made: {error.Message}");
        }

        return new DataRoot(directory, Lock(directory), options.Ephemeral);
    }

    /// <summary>Lets go of the folder, and deletes it if it is a throw-away one. All servers must have ended.</summary>
    public void Dispose()
    {
        _lock.Dispose();
        if (_ephemeral && System.IO.Directory.Exists(Directory))
            System.IO.Directory.Delete(Directory, recursive: true);
    }

    private static string DefaultDirectory(string defaultName)
    {
        var local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return local.Length > 0
            ? Path.Combine(local, "KvCluster", defaultName)
            : throw new StartException("This user has no folder for application data. Name one (--data DIR or --ephemeral, in an AppHost of your own WithDataDirectory).");
    }

    private static FileStream Lock(string directory)
    {
        try
        {
            return new FileStream(Path.Combine(directory, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error)
        {
            throw new StartException(
                $"Another AppHost seems to run the cluster in {directory} ({error.Message}). "
                + "Stop it, or choose another folder (--data DIR or --ephemeral, in an AppHost of your own WithDataDirectory).");
        }
        catch (UnauthorizedAccessException error)
        {
            throw new StartException($"The data folder {directory} cannot be written: {error.Message}");
        }
    }
}
