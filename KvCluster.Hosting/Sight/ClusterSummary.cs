using System.Collections.Immutable;
using KvCluster.Protocol.Contracts;

namespace KvCluster.Hosting.Sight;

/// <summary>How the cluster is, in one line for what is not fully protected and one for each server.</summary>
internal static class ClusterSummary
{
    /// <param name="status">None when no server answered.</param>
    public static ImmutableArray<string> LinesOf(ClusterStatus? status) =>
    [
        ClusterHealth.Of(status).Sentence ?? "all slots are served, every node is fully protected",
        .. status?.Servers.Select(server => $"{server.Name}: {ServerSight.Of(server).Text}") ?? [],
    ];
}
