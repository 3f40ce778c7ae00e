using System.Collections.Concurrent;
using System.Text;
using KvCluster.Node.Control;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Resp;

/// <summary>Channels of this server and who listens. Messages are not stored and do not travel to other servers.</summary>
/// <remarks>
/// A new main is published to clients that know the channel StackExchange.Redis uses for it: they read the topology again at once,
/// without waiting for their next look.
/// </remarks>
internal sealed class RespHub : IDisposable
{
    private static readonly byte[] MainChanged = "__Booksleeve_MasterChanged"u8.ToArray();
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<long, RespSession>> _channels = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<long, RespSession>> _patterns = new(StringComparer.Ordinal);
    private readonly TopologyHolder _holder;
    private string _mains = "";

    public RespHub(TopologyHolder holder)
    {
        _holder = holder;
        holder.Changed += OnTopology;
    }

    public IEnumerable<string> Channels => _channels.Where(channel => !channel.Value.IsEmpty).Select(channel => channel.Key);
    public int PatternCount => _patterns.Count(pattern => !pattern.Value.IsEmpty);
    public int SubscriberCount(string channel) => _channels.TryGetValue(channel, out var sessions) ? sessions.Count : 0;

    public void Subscribe(RespSession session, string name, bool isPattern) => Table(isPattern).GetOrAdd(name, _ => new())[session.Id] = session;

    public void Unsubscribe(RespSession session, string name, bool isPattern)
    {
        var table = Table(isPattern);
        if (!table.TryGetValue(name, out var sessions)) return;
        sessions.TryRemove(session.Id, out _);

        // Who subscribes meanwhile holds the same set; it is put back by the next subscriber at the latest.
        if (sessions.IsEmpty && table.TryRemove(name, out var removed))
            foreach (var (id, late) in removed) table.GetOrAdd(name, _ => new())[id] = late;
    }

    /// <returns>How many of this server's clients got it.</returns>
    public int Publish(byte[] channel, byte[] message)
    {
        var name = Encoding.Latin1.GetString(channel);
        var count = 0;
        if (_channels.TryGetValue(name, out var sessions))
            foreach (var session in sessions.Values) count += session.Push(new RespPush("message", null, channel, message)) ? 1 : 0;
        foreach (var (pattern, listeners) in _patterns)
        {
            var bytes = Encoding.Latin1.GetBytes(pattern);
            if (!GlobPattern.Matches(bytes, channel)) continue;
            foreach (var session in listeners.Values) count += session.Push(new RespPush("pmessage", bytes, channel, message)) ? 1 : 0;
        }

        return count;
    }

    public void Dispose() => _holder.Changed -= OnTopology;

    private void OnTopology(ClusterTopology topology)
    {
        var mains = string.Join(',', topology.Nodes.Select(node => node.Main.Value));
        if (mains == _mains) return;
        _mains = mains;
        Publish(MainChanged, "*"u8.ToArray());
    }

    private ConcurrentDictionary<string, ConcurrentDictionary<long, RespSession>> Table(bool isPattern) => isPattern ? _patterns : _channels;
}
