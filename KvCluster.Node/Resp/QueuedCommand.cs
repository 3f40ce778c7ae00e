namespace KvCluster.Node.Resp;

/// <summary>One command of a transaction: steps, an error that EXEC reports in its place, or a request that needs no key.</summary>
internal readonly record struct QueuedCommand(PendingReply Pending, string? Error, RespCommand? Command, byte[]? Request);
