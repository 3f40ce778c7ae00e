using System.Diagnostics.CodeAnalysis;

namespace KvCluster.Node.Resp;

/// <summary>A client's channels and patterns, and the messages that wait for it.</summary>
internal sealed class RespSubscriptions
{
    private readonly HashSet<string> _channels = new(StringComparer.Ordinal);
    private readonly HashSet<string> _patterns = new(StringComparer.Ordinal);

    // Filled by publishers, emptied by the connection's loop.
    private readonly Queue<RespPush> _pushes = new();
    private long _bytes;
    private bool _isOver;

    public int Count => _channels.Count + _patterns.Count;
    public int ChannelCount => _channels.Count;
    public int PatternCount => _patterns.Count;

    /// <summary>Messages that the client has not been sent yet.</summary>
    public (int Count, long Bytes) Waiting
    {
        get
        {
            lock (_pushes) return (_pushes.Count, _bytes);
        }
    }

    public IReadOnlyCollection<string> Names(bool isPattern) => isPattern ? _patterns : _channels;

    public void Add(RespSession session, string name, bool isPattern)
    {
        if ((isPattern ? _patterns : _channels).Add(name)) session.Server.Hub.Subscribe(session, name, isPattern);
    }

    public void Remove(RespSession session, string name, bool isPattern)
    {
        if ((isPattern ? _patterns : _channels).Remove(name)) session.Server.Hub.Unsubscribe(session, name, isPattern);
    }

    public void Clear(RespSession session)
    {
        foreach (var name in _channels.ToArray()) Remove(session, name, false);
        foreach (var name in _patterns.ToArray()) Remove(session, name, true);
    }

    /// <returns>False when too much waits already: the client does not read.</returns>
    public bool TryPush(RespPush push)
    {
        lock (_pushes)
        {
            if (_isOver || _pushes.Count >= RespLimits.PushesMax || _bytes + push.Bytes > RespLimits.PushBytesMax)
            {
                _isOver = true;
                return false;
            }

            _pushes.Enqueue(push);
            _bytes += push.Bytes;
            return true;
        }
    }

    public bool TryTake([NotNullWhen(true)] out RespPush? push)
    {
        lock (_pushes)
        {
            if (!_pushes.TryDequeue(out push)) return false;
            _bytes -= push.Bytes;
            return true;
        }
    }
}
