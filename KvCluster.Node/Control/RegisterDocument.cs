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

    /// <summary>What the newest document says of a request that did not make it just now (R7).</summary>
    /// <param name="document">What the request asked for as the successor of <paramref name="expectedVersion"/>.</param>
    public static CompareAndSetResult Settle(ClusterTopology? newest, long expectedVersion, ClusterTopology document)
    {
        // Older than what was expected: nobody wrote the successor.
        if (newest is null || newest.Version <= expectedVersion) return new CompareAndSetResult(RegisterOutcome.Unavailable);
        if (newest.ClusterId != document.ClusterId) return new CompareAndSetResult(RegisterOutcome.Conflict, newest);
        foreach (var change in newest.Recent)
        {
            if (change.Version == expectedVersion + 1)
                return new CompareAndSetResult(change.RequestId == document.Recent[^1].RequestId ? RegisterOutcome.Written : RegisterOutcome.Conflict, newest);
        }

        return new CompareAndSetResult(RegisterOutcome.Unknown, newest);
    }
}
