using System.Collections.Concurrent;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Control;

/// <summary>
/// The master tells every server of each change, in the background: one sender for each server, which skips what is outdated and repeats what
/// did not arrive; without a change it sends an empty update once a second, so that a server that missed one notices the gap.
/// </summary>
internal sealed class Broadcaster(TopologyHolder holder, ControlHttp http) : IDisposable
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(100);
    private readonly ConcurrentDictionary<ServerId, SemaphoreSlim> _signals = new();
    private readonly CancellationTokenSource _stop = new();

    public void OnChanged(ClusterTopology topology)
    {
        if (!holder.IsMaster) return;
        foreach (var server in topology.Servers)
        {
            if (server.Id == holder.Self) continue;
            var signal = _signals.GetOrAdd(server.Id, id => StartSender(id));
            if (signal.CurrentCount == 0) signal.Release();
        }
    }

    private SemaphoreSlim StartSender(ServerId server)
    {
        var signal = new SemaphoreSlim(0);
        _ = SendAllAsync(server, signal, _stop.Token);
        return signal;
    }

    private async Task SendAllAsync(ServerId server, SemaphoreSlim signal, CancellationToken stop)
    {
        ClusterTopology? known = null;
        try
        {
            while (!stop.IsCancellationRequested)
            {
                await signal.WaitAsync(Heartbeat, stop);
                if (!holder.IsMaster || holder.Current is not { } current || current.FindServer(server) is not { } target) continue;
                var answer = await http.UpdateAsync(target.Http, TopologyUpdate.Between(known ?? current, current), stop);

                // A receiver with a gap says so and pulls by itself: the next update starts from what it will have then.
                if (answer.IsOk || answer.Problem is not null) known = current;
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

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }
}
