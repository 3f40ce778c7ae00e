using System.Net;
using KvCluster.AppHost.Embedded;
using KvCluster.AppHost.Plan;
using KvCluster.Tests.Processes;

namespace KvCluster.Tests.Hosting;

/// <summary>The order in which a server leaves: first it says that it is not ready, then it answers for a while, then it is gone.</summary>
[Collection(ProcessRoom.Name)]
public sealed class ShutdownTests : IAsyncDisposable
{
    private readonly SingleServer _server = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Terminated_IsNotReadyButAliveAndServingUntilTheDelayHasPassed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs the signals of a Unix system.");
        _server.Environment["KvNode__ShutdownDelayMilliseconds"] = "3000";
        var run = _server.Start();
        var url = new Uri($"http://{ClusterPlan.Host}:{_server.Ports.Http}");
        await run.WaitUntilHealthyAsync(url);
        await TestCluster.PollAsync("the server takes a write", async () => await PutAsync(url, "before") is HttpStatusCode.OK or HttpStatusCode.Created or HttpStatusCode.NoContent);

        UnixSignals.RequestStop(run.ProcessId);

        await TestCluster.PollAsync("the server is not ready", async () => await GetAsync(url, "/health") == HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.OK, await GetAsync(url, "/alive"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(url, "/kv/before"));
        Assert.Equal(0, await run.WaitForExitAsync(Cancellation));
        Assert.Contains("single has stopped", run.Printed, StringComparison.Ordinal);
    }

    private async Task<HttpStatusCode> PutAsync(Uri url, string key)
    {
        using var content = new StringContent("1");
        using var answer = await _http.PutAsync(new Uri(url, $"/kv/{key}"), content, Cancellation);
        return answer.StatusCode;
    }

    private async Task<HttpStatusCode> GetAsync(Uri url, string path)
    {
        using var answer = await _http.GetAsync(new Uri(url, path), Cancellation);
        return answer.StatusCode;
    }
}
