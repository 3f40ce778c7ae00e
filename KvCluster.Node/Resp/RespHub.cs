using System.Collections.Immutable;
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
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ImmutableDictionary<long, RespSession>> _channels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableDictionary<long, RespSession>> _patterns = new(StringComparer.Ordinal);
    private readonly TopologyHolder _holder;
    private string _mains = "";

    public RespHub(TopologyHolder holder)
    {
        _holder = holder;
        holder.Changed += OnTopology;
    }

    public IEnumerable<string> Channels
    {
        get
        {
            lock (_lock) return _channels.Keys.ToArray();
        }
    }

    public int PatternCount
    {
        get
        {
            lock (_lock) return _patterns.Count;
        }
    }

    public int SubscriberCount(string channel)
    {
        lock (_lock) return _channels.TryGetValue(channel, out var sessions) ? sessions.Count : 0;
    }

    public void Subscribe(RespSession session, string name, bool isPattern)
    {
        lock (_lock) Table(isPattern)[name] = (Table(isPattern).GetValueOrDefault(name) ?? ImmutableDictionary<long, RespSession>.Empty).SetItem(session.Id, session);
    }

    public void Unsubscribe(RespSession session, string name, bool isPattern)
    {
        lock (_lock)
        {
            if (!Table(isPattern).TryGetValue(name, out var sessions)) return;
            if (sessions.Remove(session.Id) is { Count: > 0 } left) Table(isPattern)[name] = left;
            else Table(isPattern).Remove(name);
        }
    }

    /// <returns>How many of this server's clients got it.</returns>
    public int Publish(byte[] channel, byte[] message)
    {
        var name = Encoding.Latin1.GetString(channel);
        ImmutableDictionary<long, RespSession>? direct;
        KeyValuePair<string, ImmutableDictionary<long, RespSession>>[] patterns;
        lock (_lock) (direct, patterns) = (_channels.GetValueOrDefault(name), [.. _patterns]);

        // Outside: a client that does not read is closed in the middle of this.
        var count = 0;
        if (direct is not null)
            foreach (var session in direct.Values) count += session.Push(new RespPush("message", null, channel, message)) ? 1 : 0;
        foreach (var (pattern, listeners) in patterns)
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

    private Dictionary<string, ImmutableDictionary<long, RespSession>> Table(bool isPattern) => isPattern ? _patterns : _channels;
}
