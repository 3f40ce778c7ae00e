namespace KvCluster.Core.Replication;

/// <summary>The time of one step: a number that only grows, for leases and time-outs, and the wall clock, for revisions only.</summary>
/// <param name="Microseconds">Monotonic, from any origin; compared only with other readings of the same process.</param>
/// <param name="WallMilliseconds">Unix time; may jump.</param>
public readonly record struct Now(long Microseconds, long WallMilliseconds);
