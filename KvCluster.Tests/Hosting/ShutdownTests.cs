using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using KvCluster.Client;
using KvCluster.Hosting.Machine;
using KvCluster.Hosting.Plan;
using KvCluster.Node.Host;
using KvCluster.Tests.Processes;

namespace KvCluster.Tests.Hosting;

/// <summary>The order in which a server leaves: first it says that it is not ready, then it answers for a while, then it is gone.</summary>
[Collection(ProcessRoom.Name)]
public sealed partial class ShutdownTests(SharedCluster shared) : IAsyncDisposable
{
    /// <summary>What a stop may take on this machine, and as much again for a machine that does other things too: the server's own bounds are below the half of it.</summary>
    private const long StopMillisecondsMax = 12_000;
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

    [Fact]
    public async Task Terminated_ARequestUnderWayIsAnsweredFirst()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs the signals of a Unix system.");
        var run = _server.Start();
        await run.WaitUntilHealthyAsync(_server.Url);
        using var upload = await SlowUpload.BeginAsync(new Uri(_server.Url, "/kv/slow"), bytes: 6);
        await upload.SendAsync("sl");

        UnixSignals.RequestStop(run.ProcessId);
        await ControlClient.WaitForLineAsync(run, "was asked to stop");
        await upload.SendAsync("owly");

        Assert.Equal("HTTP/1.1 201 Created", await upload.ReadLineAsync());
        Assert.Equal(0, await run.WaitForExitAsync(Cancellation));
    }

    [Fact]
    public async Task Terminated_NobodyCanTakeOverAndAnUploadNeverEnds_EndsWithinTheBoundAllTheSame()
    {
        var cluster = await shared.TakeAsync();
        var node = TestCluster.NodeOf(await cluster.WaitUntilWholeAsync(), SharedCluster.Node);
        var main = cluster.Run(node.MainServer.Name);
        var key = Enumerable.Range(0, 1_000).Select(number => $"upload/{number}").First(name => node.Owns(new KvKey(name).Slot));
        using var upload = await SlowUpload.BeginAsync(new Uri(node.MainServer.Http, $"/kv/{key}"), bytes: 1_000);

        // With the voters the replica's way out of the in-sync set is closed too: the node must be handed over and cannot be.
        foreach (var other in cluster.Plans.Where(plan => plan.Name != node.MainServer.Name)) cluster.Run(other.Name).Pause();

        Assert.Equal(0, await main.StopAsync(Cancellation));

        var handOver = long.Parse(HandOverFailed().Match(main.Printed).Groups[1].Value, CultureInfo.InvariantCulture);
        var stop = long.Parse(Stopped().Match(main.Printed).Groups[1].Value, CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper?.WriteLine($"Hand-over given up after {handOver} ms, closed or cut off after {stop} ms.");
        Assert.InRange(handOver, (long)HandOverTries.Patience.TotalMilliseconds - 100, StopMillisecondsMax);
        Assert.InRange(stop, handOver, StopMillisecondsMax);
        Assert.True(HandOverTries.Patience < Departure.Patience && Departure.Patience < StopLimit.Limit && StopLimit.Limit.TotalMilliseconds <= StopMillisecondsMax / 2);
        Assert.Null(await upload.ReadLineAsync());
    }

    [Fact]
    public async Task Terminated_ACollectorOfTelemetryNeverAnswers_IsCutOff()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs the signals of a Unix system.");
        using var collector = new TcpListener(IPAddress.Loopback, 0);
        collector.Start();
        _server.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://{collector.LocalEndpoint}";
        var run = _server.Start();
        await run.WaitUntilHealthyAsync(_server.Url);

        Assert.Equal(0, await run.StopAsync(Cancellation));

        Assert.Contains("single has stopped", run.Printed, StringComparison.Ordinal);
        Assert.Contains("single has not closed after 4250 ms and ends as it is", run.Printed, StringComparison.Ordinal);
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

    [GeneratedRegex("could not be handed over in ([0-9]+) ms")]
    private static partial Regex HandOverFailed();

    [GeneratedRegex("has (?:stopped|not closed) after ([0-9]+) ms")]
    private static partial Regex Stopped();
}
