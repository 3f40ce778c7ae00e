namespace KvCluster.Core.Replication.Effects;

/// <summary>Answer a waiting write, read confirmation or hand-over; <see cref="Refusal.None"/> means yes.</summary>
public sealed record RefuseEffect(long Token, Refusal Refusal) : ReplicationEffect;
