using System.Collections.Immutable;
using KvCluster.Core.Register;
using KvCluster.Protocol.Contracts;
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

    /// <summary>
    /// What to go on from: of the newest lineage the newest decided topology, or what the vote with the highest ballot holds if that is newer. It may
    /// have been acknowledged; if it was not, an unknown outcome becomes a success.
    /// </summary>
    /// <remarks>The highest ballot and not the highest version: what a lower ballot holds beside it was overtaken, and was never decided.</remarks>
    public static RestorationSource? Newest(IReadOnlyCollection<SurvivorAnswer> survivors)
    {
        var decided = survivors.Where(survivor => survivor.Topology is not null).MaxBy(survivor => (survivor.Topology!.Lineage, survivor.Topology.Version));
        var voted = survivors.Where(survivor => survivor.Vote is not null).MaxBy(survivor => (survivor.Vote!.Lineage, survivor.Vote.Generation, BallotOf(survivor.Vote)));
        if (decided?.Topology is not { } topology) return voted is null ? null : new RestorationSource(voted.Vote!.Document, voted, true);
        return voted?.Vote is { } vote && (vote.Lineage, vote.Document.Version).CompareTo((topology.Lineage, topology.Version)) > 0
            ? new RestorationSource(vote.Document, voted, true)
            : new RestorationSource(topology, decided, false);
    }

    /// <summary>Servers whose data is of an epoch beyond what <paramref name="newest"/> knows of their node: of each node the one with the longest log.</summary>
    public static ImmutableArray<LoneMain> LoneMains(ClusterTopology newest, IEnumerable<SurvivorAnswer> survivors)
    {
        var beyond = from survivor in survivors
                     let server = newest.FindServer(survivor.StoreId)
                     where server is not null && newest.NodeOf(server.Id)?.Epoch < survivor.DataEpoch
                     let node = newest.NodeOf(server.Id)
                     group (Survivor: survivor, Server: server) by node into ofNode
                     let longest = ofNode.MaxBy(member => (member.Survivor.DataEpoch, member.Survivor.DataLast))
                     select new LoneMain(ofNode.Key.Name, longest.Server.Name, longest.Survivor.DataEpoch, ofNode.Key.Epoch);
        return [.. beyond];
    }

    /// <param name="newest">The document to go on from.</param>
    /// <param name="by">The server whose vote is the only one at first; it becomes the master, who adds others.</param>
    /// <param name="loneMains">They are not overruled by a main that they had replaced: each leads its node, and alone counts as in sync.</param>
    /// <param name="leap">By how much the lineage rises, at least 1: drawn, so that two that are restored at the same moment differ.</param>
    public static ClusterTopology Restore(ClusterTopology newest, ServerInfo by, Guid voterId, int leap, Guid requestId, ImmutableArray<LoneMain> loneMains)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(leap, 1);
        var next = newest with
        {
            Lineage = newest.Lineage + leap,
            Generation = newest.Generation + 1,
            Voters = [new VoterInfo(by.Id, voterId, by.Peer)],
            Master = by.Id,
            Nodes = [.. newest.Nodes.Select(node => Leap(node, loneMains.FirstOrDefault(main => main.Node == node.Name)))],
        };
        return next.Stamp(newest, requestId);
    }

    private static NodeInfo Leap(NodeInfo node, LoneMain? alone)
    {
        if (alone is null) return node with { Epoch = new Epoch(node.Epoch.Value + EpochLeap) };
        var main = node.Servers.Single(server => server.Name == alone.Server).Id;
        return node with { Epoch = new Epoch(alone.DataEpoch.Value + EpochLeap), Main = main, InSync = [main] };
    }

    private static Ballot BallotOf(SurvivingVote vote) => new(vote.Counter, new ProposerId(vote.Proposer, vote.Run));
}
