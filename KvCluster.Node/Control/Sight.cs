using System.Collections.Concurrent;
using KvCluster.Protocol.Identity;

namespace KvCluster.Node.Control;

/// <summary>When the master last heard of each server. A server that was never heard of counts from when it was first asked for.</summary>
internal sealed class Sight(TimeProvider time)
{
    private readonly ConcurrentDictionary<ServerId, long> _heard = new();

    public void Heard(ServerId server) => _heard[server] = time.GetTimestamp();

    /// <summary>Forgets everybody: a new master gives each server its time to be heard of.</summary>
    public void Clear() => _heard.Clear();

    public bool IsInSight(ServerId server, TimeSpan within) => time.GetElapsedTime(_heard.GetOrAdd(server, _ => time.GetTimestamp())) <= within;
}
