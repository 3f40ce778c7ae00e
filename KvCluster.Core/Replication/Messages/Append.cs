using KvCluster.Core.Log;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication.Messages;

/// <summary>Main to follower: after <paramref name="Previous"/> come these entries; whatever you have there that differs goes.</summary>
public sealed record Append(Epoch Epoch, LogPosition Previous, IReadOnlyList<LogEntry> Entries, LogIndex Committed) : PeerMessage(Epoch);
