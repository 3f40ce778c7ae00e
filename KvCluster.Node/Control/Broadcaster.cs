using System.Collections.Concurrent;
using KvCluster.Core.Master;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Control;

/// <summary>
/// The master tells every server of each change, in the background: one sender for each server, which skips what is outdated and repeats what
/// did not arrive. Without a change it sends an empty update, so that a server that missed one notices the gap; who may take the
/// master's office gets it more often, as the sign that there is a master. A server that made a change without the master tells of that one.
/// </summary>
internal sealed class Broadcaster(TopologyHolder holder, ControlHttp http, Sight sight, BackgroundWork work) : IDisposable
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CandidateHeartbeat = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(100);

    // A server that was taken out is told so, or it would go on serving those who know no better.
    private const int FarewellsMax = 30;
    private readonly ConcurrentDictionary<ServerId, SemaphoreSlim> _signals = new();
    private readonly CancellationTokenSource _stop = new();
    private ClusterTopology? _own;
    private ClusterTopology? _beforeOwn;

    public void OnChanged(ClusterTopology topology)
    {
        if (holder.IsMaster) Signal(topology);
    }

    /// <summary>This server made <paramref name="next"/> out of <paramref name="before"/>.</summary>
    public void Announce(ClusterTopology before, ClusterTopology next)
    {
        (_beforeOwn, _own) = (before, next);
        Signal(next);
    }

    private void Signal(ClusterTopology topology)
    {
        foreach (var server in topology.Servers)
        {
            if (server.Id == holder.Self) continue;
            var signal = _signals.GetOrAdd(server.Id, StartSender);
            if (signal.CurrentCount == 0) signal.Release();
        }
    }

    private SemaphoreSlim StartSender(ServerId server)
    {
        var signal = new SemaphoreSlim(0);
        work.Begin(() => SendAllAsync(server, signal, _stop.Token));
        return signal;
    }

    private async Task SendAllAsync(ServerId server, SemaphoreSlim signal, CancellationToken stop)
    {
        ClusterTopology? known = null;
        ServerInfo? target = null;
        var farewells = 0;
        try
        {
            while (!stop.IsCancellationRequested)
            {
                await signal.WaitAsync(Pause(server), stop);
                if (holder.Current is not { } current) continue;
                var isGone = current.FindServer(server) is null;
                target = current.FindServer(server) ?? target;
                if (target is null || (isGone && (!holder.IsMaster || ++farewells > FarewellsMax)))
                {
                    _signals.TryRemove(server, out _);
                    return;
                }

                if (!HasNews(current, known)) continue;
                var from = known ?? (IsOwn(current) ? _beforeOwn : null) ?? current;
                var answer = await http.UpdateAsync(target.Http, TopologyUpdate.Between(holder.Self, from, current), stop);

                // A receiver with a gap says so and pulls by itself: the next update starts from what it will have then.
                if (answer.IsOk || answer.Problem is not null)
                {
                    known = current;
                    sight.Heard(server);
                }

                if (answer.IsOk && isGone) farewells = FarewellsMax;
                if (answer.IsOk) continue;
                await Task.Delay(RetryPause, stop);
                if (signal.CurrentCount == 0) signal.Release();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private TimeSpan Pause(ServerId server) =>
        holder.IsMaster && holder.Current is { } topology && Succession.IsCandidate(topology, server) ? CandidateHeartbeat : Heartbeat;

    // The master always has: that it is there.
    private bool HasNews(ClusterTopology current, ClusterTopology? known) => holder.IsMaster || (IsOwn(current) && known?.Version != current.Version);

    private bool IsOwn(ClusterTopology current) => _own is { } own && own.Version == current.Version && own.Lineage == current.Lineage;

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }
}
