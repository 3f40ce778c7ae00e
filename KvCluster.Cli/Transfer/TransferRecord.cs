using KvCluster.Client;

namespace KvCluster.Cli.Transfer;

/// <summary>One line of an import or export: a key with its value.</summary>
internal readonly record struct TransferRecord(KvKey Key, ReadOnlyMemory<byte> Value, string ContentType, DateTimeOffset? ExpiresAt);
