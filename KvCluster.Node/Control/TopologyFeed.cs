using System.Globalization;
using System.Text.Json;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Control;

/// <summary>
/// <c>GET /cluster/topology/watch</c>: server-sent events, one for each newer topology, with its version as the event's id. A watcher that
/// is slow misses the ones in between and gets the newest; one that reads nothing at all is cut off by the web server.
/// </summary>
internal sealed class TopologyFeed : IDisposable
{
    /// <summary>How many may watch one server at a time.</summary>
    public const int WatchersMax = 4_096;
    private static readonly TimeSpan HeartBeat = TimeSpan.FromSeconds(10);
    private readonly TopologyHolder _holder;
    private readonly IHostApplicationLifetime _lifetime;
    private TaskCompletionSource _changed = NewSignal();
    private Frame? _frame;
    private int _watchers;

    public TopologyFeed(TopologyHolder holder, IHostApplicationLifetime lifetime)
    {
        (_holder, _lifetime) = (holder, lifetime);
        holder.Changed += OnChanged;
    }

    /// <summary>Sends until the watcher goes or the server stops.</summary>
    /// <param name="known">The version that the watcher has; zero for none.</param>
    /// <returns>False when there are too many watchers; nothing was sent.</returns>
    public async Task<bool> TryServeAsync(HttpResponse response, long known, CancellationToken gone)
    {
        if (Interlocked.Increment(ref _watchers) > WatchersMax)
        {
            Interlocked.Decrement(ref _watchers);
            return false;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(gone, _lifetime.ApplicationStopping);
        try
        {
            response.ContentType = "text/event-stream";
            response.Headers.CacheControl = "no-store";
            await response.StartAsync(end.Token);
            await SendAsync(response, known, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The watcher is gone, or asks another server.
        }
        finally
        {
            Interlocked.Decrement(ref _watchers);
        }

        return true;
    }

    private async Task SendAsync(HttpResponse response, long known, CancellationToken end)
    {
        ClusterTopology? sent = null;
        while (true)
        {
            var changed = Volatile.Read(ref _changed).Task;
            if (_holder.Current is { } current && !ReferenceEquals(current, sent) && (sent is not null || current.Version != known))
            {
                await response.Body.WriteAsync(FrameOf(current), end);
                sent = current;
            }
            else
            {
                await response.Body.WriteAsync(": still here\n\n"u8.ToArray(), end);
            }

            await response.Body.FlushAsync(end);
            await changed.WaitAsync(HeartBeat, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            end.ThrowIfCancellationRequested();
        }
    }

    // A thousand watchers get the same bytes.
    private ReadOnlyMemory<byte> FrameOf(ClusterTopology topology)
    {
        var frame = Volatile.Read(ref _frame);
        if (frame is null || !ReferenceEquals(frame.Topology, topology)) Volatile.Write(ref _frame, frame = new Frame(topology, Encode(topology)));
        return frame.Bytes;
    }

    private static byte[] Encode(ClusterTopology topology)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"id: {topology.Version}\nevent: topology\ndata: ");
        return [.. System.Text.Encoding.ASCII.GetBytes(head), .. JsonSerializer.SerializeToUtf8Bytes(topology, KvJson.Default.ClusterTopology), .. "\n\n"u8];
    }

    private void OnChanged(ClusterTopology topology) => Interlocked.Exchange(ref _changed, NewSignal()).TrySetResult();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose() => _holder.Changed -= OnChanged;

    private sealed record Frame(ClusterTopology Topology, byte[] Bytes);
}
