using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication.Effects;

/// <summary>Entries up to here are no longer needed by anybody.</summary>
public sealed record TrimLogEffect(LogIndex UpTo) : ReplicationEffect;
