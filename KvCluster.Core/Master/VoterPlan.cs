using System.Collections.Immutable;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Core.Master;

/// <summary>
/// Which servers should vote on the topology: an odd number of them, never two, from different nodes first. One change at a time, and
/// none without need: a voter that is in sight and in its place stays.
/// </summary>
public static class VoterPlan
{
    /// <summary>The voters of the next generation, or nothing when those in force are right.</summary>
    /// <param name="isUsable">The server is in sight; a server that was away only for a moment counts as being so.</param>
    public static ImmutableArray<VoterInfo>? Next(ClusterTopology topology, Predicate<ServerId> isUsable)
    {
        if (topology.Voters.IsEmpty || !topology.AllSlotsAssigned) return null;
        var members = topology.Servers.Where(server => server.VoterId is not null).ToArray();
        var candidates = members.Where(server => isUsable(server.Id)).ToArray();
        var size = Size(topology.Settings.VotersMax, candidates.Length);

        // With too few servers in sight the set stays as it is: a smaller one would only need a majority of those that are missing. Who was
        // taken out of the cluster is not missing.
        if (size < Math.Min(topology.Voters.Length, Size(topology.Settings.VotersMax, members.Length))) return null;
        var chosen = Choose(topology, candidates, size);
        return IsBetter(topology, chosen, isUsable) ? Votes(chosen) : null;
    }

    /// <summary>
    /// The voters of the next generation when <paramref name="leaving"/> are to go: those who are left in sight, and fewer of them when there are not enough.
    /// Nothing when none of the leaving votes. Where nobody could vote in their place the array is empty.
    /// </summary>
    public static ImmutableArray<VoterInfo>? Without(ClusterTopology topology, IReadOnlyCollection<ServerId> leaving, Predicate<ServerId> isUsable)
    {
        if (!topology.Servers.Any(server => leaving.Contains(server.Id) && HasVote(topology, server))) return null;
        var candidates = topology.Servers.Where(server => server.VoterId is not null && !leaving.Contains(server.Id) && isUsable(server.Id)).ToArray();
        return Votes(Choose(topology, candidates, Size(topology.Settings.VotersMax, candidates.Length)));
    }

    /// <summary>
    /// The server has one of the votes: under its own id, or under the one that it had before its store was exchanged and the file of its vote stayed.
    /// </summary>
    public static bool HasVote(ClusterTopology topology, ServerInfo server) =>
        topology.Voters.Any(voter => voter.Server == server.Id || voter.VoterId == server.VoterId);

    private static ImmutableArray<VoterInfo> Votes(IEnumerable<ServerInfo> servers) =>
        [.. servers.Select(server => new VoterInfo(server.Id, server.VoterId!.Value, server.Peer))];

    private static int Size(int wanted, int candidates)
    {
        var most = Math.Min(wanted, candidates);
        return most > 0 && most % 2 == 0 ? most - 1 : most;
    }

    // Who votes already first, then whose node has no vote yet, then witnesses, which nothing else keeps busy.
    private static List<ServerInfo> Choose(ClusterTopology topology, IReadOnlyCollection<ServerInfo> candidates, int size)
    {
        var chosen = new List<ServerInfo>();
        while (chosen.Count < size)
        {
            var next = candidates.Except(chosen)
                .OrderBy(server => chosen.Any(other => SameNode(topology, server, other)))
                .ThenBy(server => !IsVoter(topology, server))
                .ThenBy(server => topology.NodeOf(server.Id) is null)
                .ThenBy(server => server.Id)
                .First();
            chosen.Add(next);
        }

        return chosen;
    }

    private static bool IsBetter(ClusterTopology topology, List<ServerInfo> chosen, Predicate<ServerId> isUsable)
    {
        if (chosen.Count > topology.Voters.Length) return true;
        var isBroken = topology.Voters.Any(voter => !isUsable(voter.Server) || topology.FindServer(voter.Server)?.VoterId != voter.VoterId);
        return isBroken || Spread(topology, chosen.Select(server => server.Id)) > Spread(topology, topology.Voters.Select(voter => voter.Server));
    }

    // Two servers of one node may share a machine or a rack; a witness stands for itself.
    private static int Spread(ClusterTopology topology, IEnumerable<ServerId> servers) =>
        servers.Select(server => topology.NodeOf(server)?.Id.Value ?? -server.Value).Distinct().Count();

    private static bool SameNode(ClusterTopology topology, ServerInfo one, ServerInfo other) =>
        topology.NodeOf(one.Id) is { } node && node.Find(other.Id) is not null;

    private static bool IsVoter(ClusterTopology topology, ServerInfo server) =>
        topology.Voters.Any(voter => voter.Server == server.Id && voter.VoterId == server.VoterId);
}
