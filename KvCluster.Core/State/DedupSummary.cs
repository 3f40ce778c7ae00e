using KvCluster.Protocol.Identity;

namespace KvCluster.Core.State;

/// <summary>How many requests are remembered, for the main's decision when to forget some.</summary>
/// <param name="OldestRevision">None when nothing is remembered.</param>
/// <param name="EarlyHorizon">A horizon that forgets about an eighth; of the stamped requests; given only while there are more than <see cref="Commands.CommandLimits.RequestsMax"/>.</param>
public sealed record DedupSummary(int Count, Revision? OldestRevision, Revision? EarlyHorizon)
{
    public static readonly DedupSummary Nothing = new(0, null, null);
}
