using System.Collections.Immutable;
using KvCluster.Protocol.Contracts;

namespace KvCluster.Hosting.Sight;

/// <summary>Decides from what the cluster says of itself whether it is healthy.</summary>
/// <remarks>A node that was planned with one server has all the copies it was meant to have, so it degrades nothing. One that has two
/// and writes to one does.</remarks>
/// <param name="Condition">The word.</param>
/// <param name="Reasons">Why it is not healthy, one sentence each; empty when it is.</param>
internal sealed record ClusterHealth(ClusterCondition Condition, ImmutableArray<string> Reasons)
{
    /// <param name="status">None when no server answered.</param>
    public static ClusterHealth Of(ClusterStatus? status)
    {
        if (status is null)
            return new ClusterHealth(ClusterCondition.Unhealthy, ["no server answers"]);
        var reasons = ImmutableArray.CreateBuilder<string>();
        foreach (var node in status.Topology.Nodes)
        {
            var isAsPlanned = node.Servers.Length == 1 && node.InSync.Length == 1 && IsServing(node.Main.Value, status);
            if (!isAsPlanned && ClusterProtection.ReasonOf(node, status) is { } reason)
                reasons.Add($"{node.Name}: {reason}");
        }

        if (ClusterProtection.VotesReason(status) is { } votes)
            reasons.Add($"topology: {votes}");
        if (!status.AllSlotsServed)
            return new ClusterHealth(ClusterCondition.Unhealthy, reasons.Count > 0 ? reasons.ToImmutable() : ["not all slots are served yet"]);
        return new ClusterHealth(reasons.Count > 0 ? ClusterCondition.Degraded : ClusterCondition.Healthy, reasons.ToImmutable());
    }

    /// <summary>The reasons as one line; none when there are none.</summary>
    public string? Sentence => Reasons.IsEmpty ? null : string.Join("; ", Reasons);

    private static bool IsServing(int server, ClusterStatus status) =>
        status.Servers.Any(known => known.Server.Value == server && known.State is ServerState.Main or ServerState.Reconciling);
}
