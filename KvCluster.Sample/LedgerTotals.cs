namespace KvCluster.Sample;

/// <summary>The ledger's sums.</summary>
/// <param name="Verified">Reads that found the last acknowledged value.</param>
/// <param name="Lost">Reads that did not.</param>
/// <param name="Unknown">Writes of which nobody knows whether they were done.</param>
/// <param name="Refused">Writes that certainly were not done, and reads without an answer.</param>
internal readonly record struct LedgerTotals(long Acknowledged, long Verified, long Lost, long Unknown, long Refused, TimeSpan LongestPause);
