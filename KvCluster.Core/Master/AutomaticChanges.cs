using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Core.Master;

/// <summary>Whether the master may change anything of its own accord.</summary>
/// <remarks>
/// Who misses most of the others is more likely cut off itself than the only one left, and a master that has just taken office has not
/// listened long enough to miss anybody. What a server or an operator asks for is not held back: the register alone makes that safe.
/// </remarks>
public static class AutomaticChanges
{
    /// <summary>How long a new master only listens: long enough for each server to have answered it more than once.</summary>
    public const long GraceMilliseconds = 3_000;

    /// <returns>Why nothing may be changed now; nothing when it may.</returns>
    public static string? ReasonToWait(ClusterTopology topology, long inOfficeMilliseconds, Predicate<ServerId> isInSight)
    {
        if (inOfficeMilliseconds < GraceMilliseconds) return "This master has only just taken office.";
        var servers = topology.Servers.Count();
        var away = topology.Servers.Count(server => server.Id != topology.Master && !isInSight(server.Id));
        return away * 2 > servers ? $"{away} of {servers} servers are out of sight." : null;
    }
}
