using System.Collections.Concurrent;
using System.Diagnostics;
using KvCluster.Node.Control;
using KvCluster.Node.Options;
using KvCluster.Node.Store;
using KvCluster.Protocol.Contracts;

namespace KvCluster.Node.Resp;

/// <summary>What all connections of the Redis port share.</summary>
internal sealed class RespServer
{
    private long _lastClient;
    private long _connections;

    public RespServer(ReplicatedStore store, TopologyHolder holder, KvNodeOptions options, RespHub hub, Func<ServerStatus> status)
    {
        (Store, Holder, Options, Hub, Status) = (store, holder, options, hub, status);
        Router = new RespRouter(store, holder);
    }

    public ReplicatedStore Store { get; }
    public TopologyHolder Holder { get; }
    public KvNodeOptions Options { get; }
    public RespHub Hub { get; }
    public RespRouter Router { get; }
    public RespCursors Cursors { get; } = new();
    public Func<ServerStatus> Status { get; }
    public ConcurrentDictionary<long, RespSession> Sessions { get; } = new();
    public long StartedAt { get; } = Stopwatch.GetTimestamp();
    public RespCounts Counts { get; } = new();
    public long Connections => Interlocked.Read(ref _connections);

    public long NextClient()
    {
        Interlocked.Increment(ref _connections);
        return Interlocked.Increment(ref _lastClient);
    }
}
