using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication;

/// <summary>Names an entry: the same position in two logs means the same entry and the same prefix (I5).</summary>
public readonly record struct LogPosition(Epoch Epoch, LogIndex Index);
