using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Http;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Control;

/// <summary>Requests from server to server: short time-outs, no retries of its own, the cluster's id on each.</summary>
internal sealed class ControlHttp : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly HttpClient _http = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(1), UseProxy = false, AllowAutoRedirect = false }) { Timeout = Patience };

    public Task<ControlAnswer<MasterAnswer>> GetMasterAsync(Uri server, CancellationToken cancellation) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(server, "/cluster/master")), default, KvJson.Default.MasterAnswer, cancellation);

    public Task<ControlAnswer<ClusterTopology>> GetTopologyAsync(Uri server, ClusterId cluster, CancellationToken cancellation) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(server, "/cluster/topology")), cluster, KvJson.Default.ClusterTopology, cancellation);

    public Task<ControlAnswer<SurvivorAnswer>> GetSurvivorAsync(Uri server, ClusterId cluster, CancellationToken cancellation) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(server, "/cluster/survivor")), cluster, KvJson.Default.SurvivorAnswer, cancellation);

    public Task<ControlAnswer<ServerStatus>> GetStatusAsync(Uri server, ClusterId cluster, CancellationToken cancellation) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(server, "/cluster/status")), cluster, KvJson.Default.ServerStatus, cancellation);

    public Task<ControlAnswer<RegistrationAnswer>> RegisterAsync(Uri master, RegistrationRequest request, CancellationToken cancellation) =>
        SendAsync(Post(master, "/cluster/nodes", request, KvJson.Default.RegistrationRequest), request.ClusterId, KvJson.Default.RegistrationAnswer, cancellation);

    public Task<ControlAnswer<ConfigurationAnswer>> ChangeAsync(Uri master, ClusterId cluster, ConfigurationChange change, CancellationToken cancellation) =>
        SendAsync(
            Post(master, $"/cluster/nodes/{change.Node.Value}/configuration", change, KvJson.Default.ConfigurationChange), cluster, KvJson.Default.ConfigurationAnswer, cancellation);

    public Task<ControlAnswer<ClusterTopology>> UpdateAsync(Uri server, TopologyUpdate update, CancellationToken cancellation) =>
        SendAsync(
            Post(server, "/cluster/topology/updates", update, KvJson.Default.TopologyUpdate), update.Header.ClusterId, KvJson.Default.ClusterTopology, cancellation);

    private static HttpRequestMessage Post<T>(Uri server, string path, T body, JsonTypeInfo<T> type) =>
        new(HttpMethod.Post, new Uri(server, path)) { Content = JsonContent.Create(body, type) };

    // Border: a server that cannot be reached, is slow or speaks nonsense is one answer like another.
    private async Task<ControlAnswer<T>> SendAsync<T>(HttpRequestMessage request, ClusterId cluster, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        try
        {
            using (request)
            {
                if (cluster != ClusterId.None) request.Headers.Add(KvHeaders.ClusterId, cluster.ToString());
                using var response = await _http.SendAsync(request, cancellation);

                // Whoever asked may go on to sync a file, and the thread that waits for all sockets is not to wait for that.
                await Task.Yield();
                if (response.StatusCode == System.Net.HttpStatusCode.NoContent) return new ControlAnswer<T>(null, null, true);
                if (response.IsSuccessStatusCode) return new ControlAnswer<T>(await response.Content.ReadFromJsonAsync(type, cancellation), null, true);
                var problem = await response.Content.ReadFromJsonAsync(KvJson.Default.KvProblem, cancellation);
                return new ControlAnswer<T>(null, problem, false);
            }
        }
        catch (Exception failure) when (failure is HttpRequestException or System.Text.Json.JsonException or InvalidOperationException
            || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return new ControlAnswer<T>(null, null, false);
        }
    }

    public void Dispose() => _http.Dispose();
}
