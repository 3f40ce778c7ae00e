using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Topology;

namespace KvCluster.Core.Master;

/// <summary>Who holds the master's office when its holder is silent.</summary>
public static class Succession
{
    private const int CandidatesMax = 5;

    /// <summary>Watches the master and takes over: the voters; where the register is kept elsewhere, the first few servers.</summary>
    public static bool IsCandidate(ClusterTopology topology, ServerId server) => topology.Voters.IsEmpty
        ? topology.Servers.Take(CandidatesMax).Any(known => known.Id == server)
        : topology.FindServer(server) is { } known && VoterPlan.HasVote(topology, known);

    /// <summary>The office goes to <paramref name="successor"/>, unless somebody was faster.</summary>
    /// <param name="silent">The master that was missed.</param>
    public static TopologyDecision TakeOver(ClusterTopology topology, ServerId successor, ServerId silent)
    {
        if (topology.Master == successor) return new TopologyDecision(topology);
        if (topology.Master != silent) return TopologyDecision.Refuse(ProblemCode.TopologyConflict, $"Server {topology.Master} has taken the office.");
        if (topology.FindServer(successor) is null) return TopologyDecision.Refuse(ProblemCode.TopologyConflict, $"Server {successor} is not in the topology.");
        return new TopologyDecision(topology with { Master = successor });
    }

    /// <summary>The office goes to another server because an operator wants it to.</summary>
    /// <param name="wanted">None: the first server that may take over unattended and holds data on another node, else any in sight.</param>
    public static TopologyDecision Move(ClusterTopology topology, ServerId wanted, Predicate<ServerId> isInSight)
    {
        var successor = wanted != ServerId.None ? topology.FindServer(wanted) : Heir(topology, isInSight);
        if (wanted != ServerId.None && successor is null) return TopologyDecision.Refuse(ProblemCode.NodeUnknown, $"There is no server {wanted}.");
        if (successor is null || !isInSight(successor.Id))
            return TopologyDecision.Refuse(ProblemCode.TopologyConflict, successor is null ? "No other server is in sight." : $"{successor.Name} is out of sight.");
        return new TopologyDecision(topology.Master == successor.Id ? topology : topology with { Master = successor.Id });
    }

    private static ServerInfo? Heir(ClusterTopology topology, Predicate<ServerId> isInSight) => topology.Servers
        .Where(server => server.Id != topology.Master && isInSight(server.Id))
        .OrderBy(server => topology.NodeOf(server.Id) is null)
        .ThenBy(server => topology.MasterNode?.Find(server.Id) is not null)
        .ThenBy(server => !IsCandidate(topology, server.Id))
        .FirstOrDefault();
}
