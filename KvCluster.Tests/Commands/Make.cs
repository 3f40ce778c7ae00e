using System.Text;
using KvCluster.Core.Commands;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Requests;

namespace KvCluster.Tests.Commands;

/// <summary>Commands from text.</summary>
internal static class Make
{
    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static PutCommand Put(string key, string value, Expiry expiry = default, Condition condition = default, RequestId id = default) =>
        new() { Key = Bytes(key), Value = Bytes(value), ContentType = "text/plain", Expiry = expiry, Condition = condition, RequestId = id };

    public static DeleteCommand Delete(string key, Condition condition = default) => new() { Key = Bytes(key), Condition = condition };

    public static IncrementCommand Increment(string key, long by = 1, RequestId id = default) => new() { Key = Bytes(key), By = by, RequestId = id };

    public static PatchCommand Merge(string key, string patch) => new() { Key = Bytes(key), Kind = PatchKind.Merge, Patch = Bytes(patch) };

    public static PatchCommand JsonPatch(string key, string patch) => new() { Key = Bytes(key), Kind = PatchKind.Json, Patch = Bytes(patch) };

    public static ExpireCommand Expire(string key, Expiry expiry) => new() { Key = Bytes(key), Expiry = expiry };

    /// <summary>A stamped id of client 7.</summary>
    public static RequestId Id(ulong sequence, Revision stamp, ulong firstIncomplete = 0, int client = 7) => new((UInt128)client, sequence, stamp, firstIncomplete);

    public static RequestId Opaque(int client) => new((UInt128)client, 0, default, 0);
}
