using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using KvCluster.Hosting.Plan;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Json;

namespace KvCluster.Hosting.Sight;

/// <summary>Asks the servers of a plan how they are.</summary>
internal sealed class ClusterProbe : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);

    /// <summary>A server that is asked for the whole cluster asks others in turn, and may have to wait for one that hangs.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(3);
    private readonly HttpClient _http;
    private ImmutableArray<ServerPlan> _askInThisOrder;

    public ClusterProbe(ClusterPlan plan)
    {
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = ConnectTimeout }) { Timeout = AnswerTimeout };
        _askInThisOrder = [.. plan.Servers];
    }

    /// <summary>What the first server that answers says of the whole cluster; none when none answers.</summary>
    /// <param name="last">The answer before: one by an older topology comes from a server that has missed something, so another
    /// is asked.</param>
    /// <param name="cancellation">Ends the asking.</param>
    public async Task<ClusterStatus?> AskStatusAsync(ClusterStatus? last, CancellationToken cancellation)
    {
        foreach (var server in _askInThisOrder)
        {
            if (await TryGetStatusAsync(server, cancellation) is not { } status || IsOlder(status, last))
                continue;
            _askInThisOrder = _askInThisOrder.Remove(server).Insert(0, server);
            return status;
        }

        return null;
    }

    /// <summary>Names of the servers that answer <c>/health</c> with 200.</summary>
    public async Task<ImmutableHashSet<string>> AskHealthAsync(CancellationToken cancellation)
    {
        var servers = _askInThisOrder;
        var answers = await Task.WhenAll(servers.Select(server => IsHealthyAsync(server, cancellation)));
        return [.. servers.Zip(answers).Where(pair => pair.Second).Select(pair => pair.First.Name)];
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Versions grow, and start anew only where an operator restored the topology from a copy.</summary>
    private static bool IsOlder(ClusterStatus status, ClusterStatus? last) =>
        last is not null && Place(status).CompareTo(Place(last)) < 0;

    private static (int Lineage, long Version) Place(ClusterStatus status) => (status.Topology.Lineage, status.Topology.Version);

    private async Task<ClusterStatus?> TryGetStatusAsync(ServerPlan server, CancellationToken cancellation)
    {
        try
        {
            var question = new Uri(server.Url, "/cluster/status?scope=cluster");
            return await _http.GetFromJsonAsync(question, KvJson.Default.ClusterStatus, cancellation);
        }
        catch (Exception error) when (IsNoAnswer(error, cancellation))
        {
            return null;
        }
    }

    private async Task<bool> IsHealthyAsync(ServerPlan server, CancellationToken cancellation)
    {
        try
        {
            using var response = await _http.GetAsync(new Uri(server.Url, "/health"), cancellation);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception error) when (IsNoAnswer(error, cancellation))
        {
            return false;
        }
    }

    /// <summary>Not yet listening, gone, too slow, or not in the state to answer: all mean the same here.</summary>
    private static bool IsNoAnswer(Exception error, CancellationToken cancellation) =>
        error is HttpRequestException or IOException or JsonException
        || (error is OperationCanceledException && !cancellation.IsCancellationRequested);
}
