using System.Text.Json.Serialization;

namespace KvCluster.Node.Control.Etcd;

/// <summary>A question for one key. Keys and values are base64, numbers text (the JSON mapping of proto3).</summary>
internal sealed record EtcdRangeRequest(byte[] Key);

/// <param name="Kvs">None when there is no such key.</param>
internal sealed record EtcdRangeResponse(IReadOnlyList<EtcdKeyValue>? Kvs);

internal sealed record EtcdKeyValue(byte[] Key, byte[] Value);

/// <summary>All of <paramref name="Success"/> is done if all of <paramref name="Compare"/> holds, else nothing.</summary>
internal sealed record EtcdTransaction(IReadOnlyList<EtcdCompare> Compare, IReadOnlyList<EtcdOperation> Success);

/// <param name="Target"><c>VALUE</c> with <paramref name="Value"/>, or <c>VERSION</c> with <paramref name="Version"/>, where 0 means that there is no such key.</param>
internal sealed record EtcdCompare(byte[] Key, string Target, byte[]? Value, string? Version, string Result = "EQUAL");

internal sealed record EtcdOperation(EtcdKeyValue RequestPut);

internal sealed record EtcdTransactionResponse(bool Succeeded);

/// <summary>Source-generated JSON of etcd's gateway.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EtcdRangeRequest))]
[JsonSerializable(typeof(EtcdRangeResponse))]
[JsonSerializable(typeof(EtcdTransaction))]
[JsonSerializable(typeof(EtcdTransactionResponse))]
internal sealed partial class EtcdJson : JsonSerializerContext;
