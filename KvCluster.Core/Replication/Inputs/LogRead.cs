using KvCluster.Core.Log;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication.Inputs;

/// <summary>The answer to a read of older entries.</summary>
public sealed record LogRead(LogIndex From, IReadOnlyList<LogEntry> Entries) : ReplicationInput;
