using System.Diagnostics;
using KvCluster.Client;
using KvCluster.Tests.Processes;

namespace KvCluster.Tests.AppHost.Page;

/// <summary>Every command of the page, given in a real browser to one running cluster, and the charts that draw what it did.</summary>
[Collection(ProcessRoom.Name)]
public sealed class PageCommandTests : IAsyncDisposable
{
    private const string Main = "kv-master";
    private const string Replica = "kv-master-replica";
    private static readonly TimeSpan HandOverPatience = TimeSpan.FromMinutes(1);
    private readonly TemporaryFolder _temporary = new();
    private AppHostProcess? _appHost;
    private Browser _browser = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _appHost?.Dispose();
        _temporary.Dispose();
    }

    [Fact]
    public async Task EveryCommand_DoesWhatItSaysBeforeTheEyesOfWhoAskedForIt()
    {
        _appHost = AppHostProcess.Start(_temporary, "--slaves", "0", "--ephemeral", "--page-port", "0");
        var line = await _appHost.ReadToAsync("Watch it, and break it: ", Cancellation);
        _ = _appHost.DrainAsync();
        _browser = await Browser.OpenAsync(new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]), Cancellation);
        await HealthyAsync();

        await StatusAndWhyAsync();
        await ChartsAsync();
        await PauseAndResumeAsync();
        await PutBackAsync();
        await HandOverAsync();
    }

    private async Task StatusAndWhyAsync()
    {
        await _browser.ClickAsync("#status", Cancellation);
        await SaysAsync("all slots are served, every node is fully protected");
        await SaysAsync($"{Replica}: replica");
        await DoAsync(Main, "Why", isAsked: false);
        await SaysAsync($"{Main}: fully protected");
    }

    // A line begins with M and goes on with L: one that stands for nothing has neither.
    private async Task ChartsAsync()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var server = (await _browser.EvaluateAsync("new URL(document.querySelector('[data-server] a').href).origin", Cancellation))!.GetValue<string>();
        using var client = KvClusterClient.Connect(server);
        var load = LoadAsync(client, stop.Token);
        foreach (var path in (string[])["#rate path.read", "#rate path.write", "#latency path.read", "#latency path.write", "#lag path.lag"])
            await _browser.WaitForAsync($"/^M[^L]+L/.test(document.querySelector('{path}').getAttribute('d'))", Cancellation);
        await _browser.WaitForAsync("document.getElementById('now-rate').textContent.split(' / ').every(rate => parseFloat(rate) > 0)", Cancellation);
        await stop.CancelAsync();
        await load;

        // What is drawn can be seen: a line with an extent, in its own colour.
        Assert.True((await _browser.EvaluateAsync(
            "(() => { const line = document.querySelector('#rate path.write'); return line.getBBox().width > 0 && getComputedStyle(line).stroke !== 'none'; })()", Cancellation))!.GetValue<bool>());
    }

    private async Task PauseAndResumeAsync()
    {
        await DoAsync(Replica, "Pause", isAsked: true);
        await SaysAsync($"{Replica} stands still.");
        await StateAsync(Replica, "paused");
        await _browser.WaitForAsync($"document.querySelector('[data-node={Main}].warned') && document.getElementById('condition').textContent === 'degraded'", Cancellation);
        await DoAsync(Main, "Why", isAsked: false);
        await _browser.WaitForAsync($"/^{Main}: (?!fully protected)/.test(document.getElementById('answer').textContent)", Cancellation);

        await DoAsync(Replica, "Resume", isAsked: false);
        await SaysAsync($"{Replica} goes on.");
        await HealthyAsync();
    }

    // Each end makes the next start wait longer, so that at some point there is time to put it back by hand.
    private async Task PutBackAsync()
    {
        var putBack = $"[data-server={Replica}] [data-action=PutBack]";
        var isPutBack = false;
        for (var kills = 0; !isPutBack; kills++)
        {
            Assert.True(kills < 5, "A server that was killed again and again could not be put back.");
            await DoAsync(Replica, "Kill", isAsked: true);
            await _browser.WaitForAsync($"document.querySelector('{putBack}')", Cancellation);
            var isClicked = await _browser.EvaluateAsync(
                $"(() => {{ const button = document.querySelector('{putBack}'); document.getElementById('answer').textContent = ''; button?.click(); return !!button; }})()", Cancellation);
            isPutBack = isClicked!.GetValue<bool>() && await IsSaidAsync($"{Replica} is started.");
            await HealthyAsync();
        }

        await _browser.WaitForAsync($"[...document.querySelectorAll('#events .Command')].some(event => event.textContent.includes('{Replica} is started.'))", Cancellation);
    }

    // The page shows how things were a moment ago: a node whose replica is not whole yet says so in place of handing over, and can be asked again.
    private async Task HandOverAsync()
    {
        var asked = Stopwatch.StartNew();
        while (true)
        {
            await HealthyAsync();
            await _browser.EvaluateAsync("document.getElementById('answer').textContent = ''", Cancellation);
            await DoAsync(Main, "HandOver", isAsked: true);
            await _browser.WaitForAsync("document.getElementById('answer').textContent", Cancellation);
            var said = await AnswerAsync();
            if (said.Contains($"{Main} was handed over.", StringComparison.Ordinal)) break;
            Assert.True(asked.Elapsed < HandOverPatience, said);
        }

        await StateAsync(Replica, "main");
        await StateAsync(Main, "replica");
        await _browser.WaitForAsync("document.querySelector('#events .HandOver')", Cancellation);
    }

    private async Task DoAsync(string server, string action, bool isAsked)
    {
        await _browser.ClickAsync($"[data-server={server}] [data-action={action}]", Cancellation);
        if (!isAsked) return;
        await _browser.WaitForAsync("document.getElementById('ask').open", Cancellation);
        await _browser.ClickAsync("#yes", Cancellation);
    }

    private Task HealthyAsync() => _browser.WaitForAsync("document.getElementById('condition').textContent === 'healthy'", Cancellation);
    private Task StateAsync(string server, string state) => _browser.WaitForAsync($"document.querySelector('[data-server={server}] .state').textContent.startsWith('{state}')", Cancellation);
    private Task SaysAsync(string text) => _browser.WaitForAsync($"document.getElementById('answer').textContent.includes('{text}')", Cancellation);

    private async Task<bool> IsSaidAsync(string text)
    {
        await _browser.WaitForAsync("document.getElementById('answer').textContent.match(/is started|has a process/)", Cancellation);
        return (await AnswerAsync()).Contains(text, StringComparison.Ordinal);
    }

    private async Task<string> AnswerAsync() => (await _browser.EvaluateAsync("document.getElementById('answer').textContent", Cancellation))!.GetValue<string>();

    private static async Task LoadAsync(KvClusterClient client, CancellationToken stop)
    {
        try
        {
            for (var i = 0; ; i++)
            {
                await client.PutAsync($"drawn/{i % 100}", "value", cancellationToken: stop);
                await client.GetAsync($"drawn/{i % 100}", cancellationToken: stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The charts have drawn it.
        }
    }
}
