namespace KvCluster.Client;

/// <summary>One operation of a batch; each is decided for itself, a batch is no transaction.</summary>
public sealed class KvBatchOperation
{
    private KvBatchOperation(string name, KvKey key)
    {
        Name = name;
        Key = key;
    }

    public KvKey Key { get; }

    internal string Name { get; }
    internal ReadOnlyMemory<byte>? Value { get; private init; }
    internal string? ContentType { get; private init; }
    internal long By { get; private init; }
    internal KvWriteOptions Options { get; private init; } = KvWriteOptions.Default;
    internal bool IsWrite => Name != "get";
    internal bool IsIncrement => Name == "increment";

    public static KvBatchOperation Get(KvKey key) => new("get", key);

    public static KvBatchOperation Put(KvKey key, KvValue value, KvWriteOptions? options = null) =>
        new("put", key) { Value = value.Bytes, ContentType = value.ContentType, Options = options ?? KvWriteOptions.Default };

    public static KvBatchOperation Delete(KvKey key, KvWriteOptions? options = null) =>
        new("delete", key) { Options = options ?? KvWriteOptions.Default };

    public static KvBatchOperation Increment(KvKey key, long by = 1) => new("increment", key) { By = by };

    public static KvBatchOperation Patch(KvKey key, KvPatch patch, KvWriteOptions? options = null) =>
        new(patch.IsMerge ? "merge-patch" : "json-patch", key) { Value = patch.Document, Options = options ?? KvWriteOptions.Default };
}
