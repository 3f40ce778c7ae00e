using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Control;

/// <summary>
/// Fetches the whole topology when this server has a gap or heard of a higher epoch; one fetch at a time: from who told of it, from the
/// master, from the register itself, and where even that is out of reach, from anybody.
/// </summary>
internal sealed partial class TopologyPuller(TopologyHolder holder, ControlHttp http, ITopologyRegister register, BackgroundWork work, ILogger<TopologyPuller> logger)
{
    private int _isPulling;

    /// <summary>Starts a fetch unless one is under way.</summary>
    /// <param name="teller">Who is known to have something newer.</param>
    public void Request(Uri? teller = null)
    {
        if (Interlocked.Exchange(ref _isPulling, 1) == 0) ThreadPool.QueueUserWorkItem(_ => work.Begin(() => PullAsync(teller)));
    }

    private async Task PullAsync(Uri? teller)
    {
        try
        {
            if (holder.Current is not { } current) return;
            if (teller is not null && await TryPullAsync(teller, current)) return;
            if (current.FindServer(current.Master) is { } master && master.Id != holder.Self && await TryPullAsync(master.Http, current)) return;
            if (await TryReadAsync() is { } newest)
            {
                holder.TryAdopt(newest);
                return;
            }

            foreach (var server in current.Servers)
                if (server.Id != holder.Self && await TryPullAsync(server.Http, current)) return;
        }
        finally
        {
            Volatile.Write(ref _isPulling, 0);
        }
    }

    private async Task<ClusterTopology?> TryReadAsync()
    {
        try
        {
            return await register.ReadAsync(CancellationToken.None);
        }
        catch (Exception failure) when (RegisterFailure.IsTrouble(failure, CancellationToken.None))
        {
            LogTrouble(logger, failure.Message);
            return null;
        }
        catch (ObjectDisposedException)
        {
            // The server has stopped meanwhile.
            return null;
        }
    }

    private async Task<bool> TryPullAsync(Uri server, ClusterTopology current)
    {
        var answer = await http.GetTopologyAsync(server, current.ClusterId, CancellationToken.None);
        return answer.Value is { } topology && holder.TryAdopt(topology);
    }

    [LoggerMessage(3031, LogLevel.Warning, "The topology register is in trouble: {Reason}")]
    private static partial void LogTrouble(ILogger logger, string reason);
}
