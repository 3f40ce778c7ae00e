using System.Net.Http.Json;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Topology;
using KvCluster.Tests.Processes;

namespace KvCluster.Tests.Hosting;

/// <summary>What single servers say of the cluster, asked over plain HTTP.</summary>
internal sealed class ControlClient : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The cluster that a server belongs to by its own word; none for a newcomer, and when it does not answer yet.</summary>
    public async Task<ClusterId> ClusterOfAsync(SingleServer server) =>
        (await TryAsync(() => _http.GetFromJsonAsync(new Uri(server.Url, "/cluster/master"), KvJson.Default.MasterAnswer, Cancellation)))?.ClusterId ?? ClusterId.None;

    public Task<ClusterTopology?> TopologyAsync(SingleServer server) =>
        TryAsync(() => _http.GetFromJsonAsync(new Uri(server.Url, "/cluster/topology"), KvJson.Default.ClusterTopology, Cancellation));

    public Task WaitForAsync(string awaited, SingleServer server, Predicate<ClusterTopology> isSo) =>
        TestCluster.PollAsync(awaited, async () => await TopologyAsync(server) is { } topology && isSo(topology));

    public static Task WaitForLineAsync(ServerRun run, string line) =>
        TestCluster.PollAsync($"a server prints '{line}'", () =>
        {
            Assert.True(run.IsRunning, run.Printed);
            return Task.FromResult(run.Printed.Contains(line, StringComparison.Ordinal));
        });

    /// <summary>Writes a value and says how many copies of it are durable.</summary>
    public async Task<int> PutAsync(SingleServer server, string key, string value)
    {
        using var answer = await _http.PutAsync(new Uri(server.Url, $"/kv/{key}"), new StringContent(value), Cancellation);
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode}");
        return int.Parse(answer.Headers.GetValues(Protocol.Http.KvHeaders.Copies).Single(), System.Globalization.CultureInfo.InvariantCulture);
    }

    public Task<string> GetAsync(SingleServer server, string key) => _http.GetStringAsync(new Uri(server.Url, $"/kv/{key}"), Cancellation);

    private static async Task<T?> TryAsync<T>(Func<Task<T?>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (HttpRequestException)
        {
            // Its port is not open yet or it is not ready; who polls bounds the asking.
            return null;
        }
    }

    public void Dispose() => _http.Dispose();
}
