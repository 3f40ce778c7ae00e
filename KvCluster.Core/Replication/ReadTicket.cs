namespace KvCluster.Core.Replication;

/// <summary>What the permit said before a read took its value.</summary>
/// <param name="Reign">Which stretch of serving as main it was; zero: not serving.</param>
/// <param name="FreshAsOf">The moment as of which the applied state was known to be fresh; zero: unknown.</param>
public readonly record struct ReadTicket(long Reign, long FreshAsOf);
