namespace KvCluster.Tests.AppHost.Page;

/// <summary>Somebody starts a cluster, looks at it in a browser and breaks it there.</summary>
[Collection(Processes.ProcessRoom.Name)]
public sealed class PageBrowserTests
{
    private const string Main = "kv-slave-1";
    private const string Replica = "kv-slave-1-replica";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task MainKilledOnThePage_IsReplacedBeforeTheEyesOfWhoDidIt()
    {
        using var temporary = new TemporaryFolder();
        using var appHost = AppHostProcess.Start(temporary, "--slaves", "1", "--ephemeral", "--page-port", "0");
        var line = await appHost.ReadToAsync("Watch it, and break it: ", Cancellation);
        _ = appHost.DrainAsync();
        await using var browser = await Browser.OpenAsync(new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]), Cancellation);

        await browser.WaitForAsync("document.querySelectorAll('[data-server]').length === 4", Cancellation);
        await browser.WaitForAsync("document.getElementById('condition').textContent === 'healthy'", Cancellation);
        await browser.WaitForAsync($"{StateOf(Main)}.startsWith('main')", Cancellation);
        await browser.WaitForAsync("document.querySelector('#rate path.write')", Cancellation);

        await browser.ClickAsync($"[data-server={Main}] [data-action=Kill]", Cancellation);
        await browser.WaitForAsync("document.getElementById('ask').open", Cancellation);
        await browser.ClickAsync("#yes", Cancellation);

        await browser.WaitForAsync($"{StateOf(Replica)}.startsWith('main')", Cancellation);
        await browser.WaitForAsync($"[...document.querySelectorAll('#events .Failover')].some(event => event.textContent.includes('{Replica} is main in place of {Main}'))", Cancellation);
        await browser.WaitForAsync($"{StateOf(Main)}.startsWith('replica')", Cancellation);

        await browser.EvaluateAsync($"document.getElementById('log-server').value = '{Replica}'; document.getElementById('log-server').dispatchEvent(new Event('change'))", Cancellation);
        await browser.WaitForAsync("document.getElementById('log').textContent.includes('Asking for Takeover')", Cancellation);
    }

    [Fact]
    public async Task KillNotConfirmed_KillsNobody()
    {
        using var temporary = new TemporaryFolder();
        using var appHost = AppHostProcess.Start(temporary, "--slaves", "0", "--ephemeral", "--page-port", "0");
        var line = await appHost.ReadToAsync("Watch it, and break it: ", Cancellation);
        _ = appHost.DrainAsync();
        await using var browser = await Browser.OpenAsync(new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]), Cancellation);

        await browser.ClickAsync("[data-server=kv-master] [data-action=Kill]", Cancellation);
        await browser.WaitForAsync("document.getElementById('ask').open", Cancellation);
        await browser.ClickAsync("#ask button[value=no]", Cancellation);
        await browser.ClickAsync("[data-server=kv-master] [data-action=Why]", Cancellation);

        await browser.WaitForAsync("!document.getElementById('answer').hidden", Cancellation);
        Assert.Equal(0, (await browser.EvaluateAsync("document.querySelectorAll('#events .Command').length", Cancellation))!.GetValue<int>());
    }

    private static string StateOf(string server) => $"document.querySelector('[data-server={server}] .state').textContent";
}
