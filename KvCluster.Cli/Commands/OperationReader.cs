using System.Text;
using System.Text.Json;
using KvCluster.Cli.Transfer;
using KvCluster.Client;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Json;

namespace KvCluster.Cli.Commands;

/// <summary>Reads one line of <c>kv batch</c>: an operation as in the body of <c>POST /kv/batch</c>.</summary>
internal static class OperationReader
{
    /// <exception cref="RecordFormatException">The line is no operation.</exception>
    public static KvBatchOperation Read(ReadOnlySpan<byte> line)
    {
        try
        {
            var operation = JsonSerializer.Deserialize(line, KvJson.Default.BatchOperation) ?? throw new RecordFormatException("it is null.");
            return ToOperation(operation);
        }
        catch (Exception wrong) when (wrong is JsonException or ArgumentException or UsageException)
        {
            throw new RecordFormatException(wrong.Message);
        }
    }

    private static KvBatchOperation ToOperation(BatchOperation operation)
    {
        var key = operation.KeyBase64 is { } bytes ? new KvKey(bytes) : new KvKey(operation.Key ?? throw new RecordFormatException("it has no 'key' or 'keyBase64'."));
        var value = operation.ValueBase64 ?? (operation.Value is { } text ? Encoding.UTF8.GetBytes(text) : null);
        var options = new KvWriteOptions { Ttl = TtlOption.Parse(operation.Ttl), Condition = ConditionOf(operation) };
        return operation.Op switch
        {
            "get" => KvBatchOperation.Get(key),
            "put" => KvBatchOperation.Put(key, new KvValue(Require(value), operation.ContentType), options),
            "delete" => KvBatchOperation.Delete(key, options),
            "increment" => KvBatchOperation.Increment(key, operation.By ?? 1),
            "merge-patch" => KvBatchOperation.Patch(key, KvPatch.Merge(Require(value)), options),
            "json-patch" => KvBatchOperation.Patch(key, KvPatch.Json(Require(value)), options),
            _ => throw new RecordFormatException($"'{operation.Op}' is no operation."),
        };
    }

    private static byte[] Require(byte[]? value) => value ?? throw new RecordFormatException("it has no 'value' or 'valueBase64'.");

    private static KvCondition ConditionOf(BatchOperation operation)
    {
        if (operation.IfNoneMatch == "*") return KvCondition.Absent;
        if (operation.IfMatch == "*") return KvCondition.Present;
        if (operation.IfMatch is null && operation.IfNoneMatch is null) return KvCondition.None;
        return Revision.TryParse(operation.IfMatch?.Trim('"'), out var revision)
            ? KvCondition.Match(revision)
            : throw new RecordFormatException("'ifMatch' is a revision or *, 'ifNoneMatch' is *.");
    }
}
