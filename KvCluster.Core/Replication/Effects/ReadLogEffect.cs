using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication.Effects;

/// <summary>Read older entries for the replica; the answer is <see cref="Inputs.LogRead"/>.</summary>
public sealed record ReadLogEffect(LogIndex From, int BytesMax) : ReplicationEffect;
