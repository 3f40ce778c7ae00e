using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace KvCluster.Tests.AppHost;

/// <summary>The AppHost with the real servers: what somebody sees who runs the first command of the README.</summary>
public sealed partial class WholeClusterTests : IDisposable
{
    private const int Servers = 4;
    private readonly TemporaryFolder _temporary = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string StateFile => _temporary.File("state.json");

    public void Dispose()
    {
        _http.Dispose();
        _temporary.Dispose();
    }

    [Fact]
    public async Task Data_SurvivesKilledServersAndAKilledAppHost_AtTheSameAddresses()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Asks the AppHost to stop by a signal of a Unix system.");
        string[] arguments = ["--slaves", "1", "--data", _temporary.File("data"), "--state-file", StateFile];
        List<int> servers;
        string urlBefore;
        using (var killed = AppHostProcess.Start(_temporary, arguments))
        {
            servers = await killed.ReadStartedServersAsync(Servers, Cancellation);
            await killed.ReadToAsync("The cluster is up.", Cancellation);
            urlBefore = UrlOf("kv-master");
            await PutAsync(urlBefore, "greeting", "hello");
            killed.Kill();
        }

        foreach (var server in servers)
            await AppHostProcess.WaitUntilGoneAsync(server, Cancellation);

        using var appHost = AppHostProcess.Start(_temporary, arguments);
        await appHost.ReadToAsync("The cluster is up.", Cancellation);

        Assert.Equal(urlBefore, UrlOf("kv-master"));
        Assert.Equal("hello", await _http.GetStringAsync(new Uri($"{urlBefore}/kv/greeting"), Cancellation));
        Assert.InRange(await appHost.StopAsync(Cancellation), TimeSpan.Zero, TimeSpan.FromSeconds(6));
        Assert.Equal(0, appHost.ExitCode);
        Assert.False(File.Exists(StateFile));
    }

    [Fact]
    public async Task Load_ThroughAKilledMain_LosesNothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Kills by a signal of a Unix system.");
        using var appHost = AppHostProcess.Start(_temporary, "--slaves", "0", "--ephemeral", "--load", "--state-file", StateFile);
        await appHost.ReadToAsync("The cluster is up.", Cancellation);
        var before = await ReadLedgerAsync(appHost, atLeast: 1);

        Process.GetProcessById((int)ReadServers().Single(server => server!["role"]!.GetValue<string>() == "main")!["pid"]!).Kill();
        await appHost.ReadToAsync("kv-master ended with exit code 137", Cancellation);
        var after = await ReadLedgerAsync(appHost, before.Verified + 1_000);

        Assert.Equal((0, 0), (after.Lost, after.Refused));
        Assert.True(after.Acknowledged > before.Acknowledged);
    }

    private static async Task<(long Acknowledged, long Verified, long Lost, long Refused)> ReadLedgerAsync(AppHostProcess appHost, long atLeast)
    {
        while (true)
        {
            var line = await appHost.ReadToAsync("writes acknowledged", Cancellation);
            var numbers = Ledger().Match(line).Groups.Values.Skip(1).Select(number => long.Parse(number.Value, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
            if (numbers[1] >= atLeast) return (numbers[0], numbers[1], numbers[2], numbers[4]);
        }
    }

    [GeneratedRegex("([0-9]+) writes acknowledged, ([0-9]+) verified, ([0-9]+) lost, ([0-9]+) unknown, ([0-9]+) refused")]
    private static partial Regex Ledger();

    [Fact]
    public async Task KilledServer_ComesBackWithAnotherProcess()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Asks the AppHost to stop by a signal of a Unix system.");
        using var appHost = AppHostProcess.Start(_temporary, "--slaves", "0", "--replicas", "false", "--ephemeral", "--state-file", StateFile);
        await appHost.ReadToAsync("The cluster is up.", Cancellation);
        var before = ReadServers().Single();
        await PutAsync((string)before["url"]!, "greeting", "hello");

        using (var server = Process.GetProcessById((int)before["pid"]!))
            server.Kill();

        await appHost.ReadToAsync("kv-master ended with exit code 137", Cancellation);
        var started = Assert.Single(await appHost.ReadStartedServersAsync(1, Cancellation));
        await appHost.ReadToAsync("all slots are served again", Cancellation);
        var after = ReadServers().Single();
        Assert.Equal(started, (int)after["pid"]!);
        Assert.Equal("Main", (string?)after["state"]);
        Assert.Equal("hello", await _http.GetStringAsync(new Uri($"{after["url"]}/kv/greeting"), Cancellation));
        await appHost.StopAsync(Cancellation);
        Assert.Equal(0, appHost.ExitCode);
    }

    private async Task PutAsync(string url, string key, string value)
    {
        // A redirect leads to the main of the key.
        using var response = await _http.PutAsync(new Uri($"{url}/kv/{key}"), new StringContent(value), Cancellation);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    private string UrlOf(string server) => (string)ReadServers().Single(candidate => (string?)candidate["name"] == server)["url"]!;

    private List<JsonNode> ReadServers() =>
        [.. JsonNode.Parse(File.ReadAllText(StateFile))!["servers"]!.AsArray().Select(server => server!)];
}
