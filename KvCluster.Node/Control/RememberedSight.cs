using KvCluster.Protocol.Identity;

namespace KvCluster.Node.Control;

/// <summary>Looks at each server once, so that a rule that asks for it is a function of the topology and the request, as often as it is asked.</summary>
internal sealed class RememberedSight(Predicate<ServerId> look)
{
    private readonly Dictionary<ServerId, bool> _seen = [];

    public bool IsInSight(ServerId server)
    {
        if (!_seen.TryGetValue(server, out var isInSight)) _seen[server] = isInSight = look(server);
        return isInSight;
    }
}
