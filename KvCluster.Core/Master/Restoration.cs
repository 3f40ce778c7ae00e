using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Core.Master;

/// <summary>A register that lost the majority of its voters for good begins anew, with the newest document that is left.</summary>
/// <remarks>
/// A change that only lost voters knew is gone. If it was a change of a node's main, two servers may hold epochs of which the document knows
/// nothing: so every node's epoch leaps beyond all of them, and each main has to prove itself under it. The new lineage keeps everything
/// that belonged to the old register apart for ever: a server that has seen it refuses the old one.
/// </remarks>
public static class Restoration
{
    /// <summary>More changes than a node can have had that nobody who is left knows of.</summary>
    public const long EpochLeap = 1_000;

    /// <param name="newest">The document to go on from.</param>
    /// <param name="by">The server whose vote is the only one at first; it becomes the master, who adds others.</param>
    /// <param name="leap">By how much the lineage rises, at least 1: drawn, so that two that are restored at the same moment differ.</param>
    public static ClusterTopology Restore(ClusterTopology newest, ServerInfo by, Guid voterId, int leap, Guid requestId)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(leap, 1);
        var next = newest with
        {
            Lineage = newest.Lineage + leap,
            Generation = newest.Generation + 1,
            Voters = [new VoterInfo(by.Id, voterId, by.Peer)],
            Master = by.Id,
            Nodes = [.. newest.Nodes.Select(node => node with { Epoch = new Epoch(node.Epoch.Value + EpochLeap) })],
        };
        return next.Stamp(newest, requestId);
    }
}
