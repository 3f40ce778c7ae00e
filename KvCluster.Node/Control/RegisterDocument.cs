using System.Text.Json;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Control;

/// <summary>The document as it lies in a register that others keep.</summary>
internal static class RegisterDocument
{
    public static byte[] Write(ClusterTopology document) => JsonSerializer.SerializeToUtf8Bytes(document, KvJson.Default.ClusterTopology);

    /// <returns>Not read: what lies there is no topology, and nothing is to be written over it.</returns>
    public static (bool IsRead, ClusterTopology? Document) Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return (true, JsonSerializer.Deserialize(bytes, KvJson.Default.ClusterTopology));
        }
        catch (JsonException)
        {
            return (false, null);
        }
    }
}
