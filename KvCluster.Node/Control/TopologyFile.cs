using System.Text.Json;
using KvCluster.Node.Storage;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Control;

/// <summary>A topology as a file.</summary>
internal static class TopologyFile
{
    /// <returns>Nothing when the file is damaged.</returns>
    /// <exception cref="StorageException">The disk does not give it out.</exception>
    public static ClusterTopology? TryRead(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), KvJson.Default.ClusterTopology);
        }
        catch (JsonException)
        {
            return null;
        }
        catch (Exception failure) when (StorageException.IsFromFile(failure))
        {
            throw StorageException.From(failure, $"{path} cannot be read");
        }
    }

    /// <exception cref="StorageException">The disk refuses.</exception>
    public static void SetAside(string path, string kept)
    {
        try
        {
            File.Move(path, kept);
        }
        catch (Exception failure) when (StorageException.IsFromFile(failure))
        {
            throw StorageException.From(failure, $"{path} is damaged and cannot be set aside");
        }
    }

    public static void Write(string path, ClusterTopology topology) =>
        AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(topology, KvJson.Default.ClusterTopology));
}
