using KvCluster.Core.Register;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Register;

/// <summary>
/// A topology as the simulation uses it: the field of the next migration holds a digest of the whole chain of requests that made the
/// document, so that two documents with one digest have one history, also beyond the window of recent requests.
/// </summary>
internal static class SimulatedDocument
{
    public static readonly ClusterId Cluster = new(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));

    public static readonly DocumentRules Rules = new(
        (left, right) => left.NextMigrationId == right.NextMigrationId,
        (before, after, request) => Digest(before.NextMigrationId, request) == after.NextMigrationId);

    public static ClusterTopology First(IEnumerable<VoterInfo> voters) => new()
    {
        ClusterId = Cluster,
        Version = 1,
        Voters = [.. voters],
        NextMigrationId = 1,
        Recent = [new RecentChange(1, Guid.Empty)],
    };

    /// <summary>What a client makes of the document it read.</summary>
    public static ClusterTopology After(ClusterTopology read, Guid request) =>
        (read with { NextMigrationId = Digest(read.NextMigrationId, request) }).Stamp(read, request);

    private static long Digest(long before, Guid request) => unchecked(((before * 1_000_003) ^ request.GetHashCode()) * 31) + before;

    public static string Name(ClusterTopology document) => $"v{document.Version}:{document.NextMigrationId & 0xFFFF:x4}/g{document.Generation}";
}
