using System.Text.Json;
using KvCluster.Node.Storage;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Control;

/// <summary>A topology as a file.</summary>
internal static class TopologyFile
{
    /// <exception cref="StorageException">The file is damaged.</exception>
    public static ClusterTopology Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), KvJson.Default.ClusterTopology)
                ?? throw new StorageException(StorageFailure.Corrupt, $"{path} holds no topology.");
        }
        catch (Exception damaged) when (damaged is JsonException or IOException)
        {
            throw new StorageException(StorageFailure.Corrupt, $"{path} is damaged: {damaged.Message}", damaged);
        }
    }

    public static void Write(string path, ClusterTopology topology) =>
        AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(topology, KvJson.Default.ClusterTopology));
}
