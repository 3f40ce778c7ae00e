using KvCluster.Node.Storage;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Control;

/// <summary>The register with one voter: a file of the first server, replaced as a whole and durable before anybody hears of it.</summary>
internal sealed class FileRegister(string path) : ITopologyRegister
{
    private readonly Lock _turn = new();
    private ClusterTopology? _document = Load(path);

    public static bool Exists(string path) => File.Exists(path);

    public Task<ClusterTopology?> ReadAsync(CancellationToken cancellation) => Task.FromResult(Volatile.Read(ref _document));

    public Task<RegisterOutcome> CompareAndSetAsync(long expectedVersion, ClusterTopology document, CancellationToken cancellation)
    {
        lock (_turn)
        {
            if ((_document?.Version ?? 0) != expectedVersion) return Task.FromResult(RegisterOutcome.Conflict);
            try
            {
                TopologyFile.Write(path, document);
            }
            catch (StorageException)
            {
                // Renamed or not, fsynced or not: nobody can say; the same document may be written again.
                return Task.FromResult(RegisterOutcome.Unknown);
            }

            Volatile.Write(ref _document, document);
            return Task.FromResult(RegisterOutcome.Written);
        }
    }

    private static ClusterTopology? Load(string path) => Exists(path) ? TopologyFile.Read(path) : null;
}
