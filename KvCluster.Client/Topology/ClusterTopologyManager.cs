using System.Collections.Concurrent;
using KvCluster.Client.Diagnostics;
using KvCluster.Client.Http;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Topology;
using Microsoft.Extensions.Logging;

namespace KvCluster.Client.Topology;

/// <summary>Holds the client's map of the cluster and keeps it new.</summary>
/// <remarks>
/// There is one refresh at a time, shared by everybody who wants one, and a pause with jitter between two of them that grows
/// while they bring nothing new: a thousand failing calls ask the cluster as often as one. A response that names a higher version
/// starts one refresh for that version and no second. Whatever way a topology comes (asked for, or pushed), it enters by
/// <see cref="Offer"/>, which keeps the newest.
/// </remarks>
public sealed class ClusterTopologyManager : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ITopologySource _source;
    private readonly StoreHttpClientFactory _factory;
    private readonly ClientMetrics _metrics;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly RefreshPace _pace;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationToken _stop;
    private readonly ConcurrentDictionary<NodeId, NodeClock> _clocks = new();
    private TaskCompletionSource _changed = NewSignal();
    private Task? _refresh;
    private RoutingTable? _routing;
    private (int Lineage, long Version) _askedFor;
    private StoreServer? _teller;

    internal ClusterTopologyManager(
        ITopologySource source, StoreHttpClientFactory factory, TimeProvider time, ClientMetrics metrics, ILogger<ClusterTopologyManager> logger)
    {
        _stop = _stopping.Token;
        _source = source;
        _factory = factory;
        _metrics = metrics;
        _logger = logger;
        _time = time;
        _pace = new RefreshPace(time);
    }

    /// <summary>The newest topology known; none before the first call that needed one.</summary>
    public ClusterTopology? Current => Volatile.Read(ref _routing)?.Topology;

    internal RoutingTable? Routing => Volatile.Read(ref _routing);

    /// <summary>Raised once, when the client gets its first topology.</summary>
    internal event Action? FirstKnown;

    /// <summary>Ends when the topology changes the next time.</summary>
    internal Task Changed
    {
        get
        {
            lock (_gate) return _changed.Task;
        }
    }

    /// <summary>Asks for the topology, or joins those who are asking already. Ends without an exception also when nobody answered.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken = default)
    {
        Task refresh;
        lock (_gate)
        {
            _refresh ??= Task.Run(RefreshOnceAsync, CancellationToken.None);
            refresh = _refresh;
        }

        await refresh.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes a topology in, from wherever it came, if it is newer than the one in use.</summary>
    internal bool Offer(ClusterTopology topology)
    {
        RoutingTable? before;
        RoutingTable after;
        TaskCompletionSource changed;
        lock (_gate)
        {
            before = _routing;
            if (before is not null && !IsNewer(topology, before.Topology)) return false;
            after = new RoutingTable(topology, RouteOf);
            Volatile.Write(ref _routing, after);
            changed = _changed;
            _changed = NewSignal();
        }

        _pace.OnNews();
        ClientLog.TopologyChanged(_logger, topology.Version, topology.Nodes.Length);
        if (before is null) FirstKnown?.Invoke();
        else DemoteFormerMains(before, after);
        changed.TrySetResult();
        return true;
    }

    /// <summary>A response of this server named this version. If it is higher than ours, one refresh is started for it, which asks that server first.</summary>
    /// <remarks>A restored register may be at a lower version than the one before it, and is newer all the same.</remarks>
    internal void NoteVersion(int lineage, long version, StoreServer teller)
    {
        var known = Volatile.Read(ref _routing)?.Topology;
        if ((lineage, version).CompareTo((known?.Lineage ?? 0, known?.Version ?? 0)) <= 0) return;
        lock (_gate)
        {
            if ((lineage, version).CompareTo(_askedFor) <= 0) return;
            _askedFor = (lineage, version);
        }

        Volatile.Write(ref _teller, teller);
        _ = RefreshAsync(CancellationToken.None);
    }

    /// <summary>The routing table; asks for the topology when there is none yet.</summary>
    /// <exception cref="KvUnavailableException">No server answered.</exception>
    internal async ValueTask<RoutingTable> RequireAsync(CancellationToken cancellationToken)
    {
        if (Routing is { } known) return known;
        await RefreshAsync(cancellationToken).ConfigureAwait(false);
        return Routing ?? throw new KvUnavailableException("No server of the cluster answered.") { Code = ProblemCode.NotReady, IsTransient = true };
    }

    private async Task RefreshOnceAsync()
    {
        try
        {
            await _pace.WaitAsync(_stop).ConfigureAwait(false);
            _metrics.OnTopologyRefresh();
            var topology = await _source.FetchAsync(Routing, Interlocked.Exchange(ref _teller, null), _stop).ConfigureAwait(false);
            if (topology is not null) Offer(topology);
            _pace.OnRefreshed();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The client is being disposed of; those who wait find that out themselves.
        }
        finally
        {
            lock (_gate) _refresh = null;
        }
    }

    private bool IsNewer(ClusterTopology offered, ClusterTopology known)
    {
        if (offered.ClusterId == known.ClusterId) return (offered.Lineage, offered.Version).CompareTo((known.Lineage, known.Version)) > 0;

        // Another cluster lives at a known address now. To go on there would read and write the wrong data.
        ClientLog.StrangeCluster(_logger, offered.ClusterId, known.ClusterId);
        return false;
    }

    private NodeRoute RouteOf(NodeInfo node) => new(
        node.Id,
        node.Epoch,
        _factory.For(node.MainServer.Http),
        node.ReplicaServer is { } replica ? _factory.For(replica.Http) : null,
        _clocks.GetOrAdd(node.Id, _ => NewClock()));

    private NodeClock NewClock()
    {
        var clock = new NodeClock(_time);
        clock.Observe(_source.Clock.Newest);
        return clock;
    }

    private static void DemoteFormerMains(RoutingTable before, RoutingTable after)
    {
        foreach (var former in before.Nodes)
        {
            if (!after.Nodes.Any(route => route.Main == former.Main)) former.Main.Demote();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }
}
