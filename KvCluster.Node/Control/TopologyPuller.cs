using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Control;

/// <summary>Fetches the whole topology when this server has a gap or heard of a higher epoch; one fetch at a time, from the master first.</summary>
internal sealed class TopologyPuller(TopologyHolder holder, ControlHttp http)
{
    private int _isPulling;

    /// <summary>Starts a fetch unless one is under way.</summary>
    public void Request()
    {
        if (Interlocked.Exchange(ref _isPulling, 1) == 0) ThreadPool.QueueUserWorkItem(_ => _ = PullAsync());
    }

    private async Task PullAsync()
    {
        try
        {
            if (holder.Current is not { } current) return;
            foreach (var server in Candidates(current))
            {
                var answer = await http.GetTopologyAsync(server, current.ClusterId, CancellationToken.None);
                if (answer.Value is not { } topology) continue;
                holder.TryAdopt(topology);
                return;
            }
        }
        finally
        {
            Volatile.Write(ref _isPulling, 0);
        }
    }

    private IEnumerable<Uri> Candidates(ClusterTopology current)
    {
        if (current.FindServer(current.Master) is { } master && master.Id != holder.Self) yield return master.Http;
        foreach (var server in current.Servers)
            if (server.Id != holder.Self && server.Id != current.Master) yield return server.Http;
    }
}
