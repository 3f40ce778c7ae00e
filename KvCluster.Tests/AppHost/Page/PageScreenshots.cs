using System.Text;
using KvCluster.AppHost.Machine;
using KvCluster.Client;

namespace KvCluster.Tests.AppHost.Page;

/// <summary>Makes the pictures of docs/images anew: <c>dotnet test KvCluster.Tests --filter PageScreenshots -- xUnit.Explicit=only</c>.</summary>
public sealed class PageScreenshots
{
    private const int Callers = 16;
    private const string Main = "kv-slave-2";
    private static readonly TimeSpan Think = TimeSpan.FromMilliseconds(4);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task TakeThem()
    {
        using var temporary = new TemporaryFolder();
        using var appHost = AppHostProcess.Start(temporary, "--ephemeral", "--page-port", "0");
        var line = await appHost.ReadToAsync("Watch it, and break it: ", Cancellation);
        _ = appHost.DrainAsync();
        await using var browser = await Browser.OpenAsync(new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]), Cancellation);
        await browser.WaitForAsync("document.getElementById('condition').textContent === 'healthy'", Cancellation);
        var server = (await browser.EvaluateAsync("new URL(document.querySelector('[data-server] a').href).origin", Cancellation))!.GetValue<string>();

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using var client = KvClusterClient.Connect(server);
        var callers = Task.WhenAll(Enumerable.Range(0, Callers).Select(number => CallAsync(client, number, stop.Token)));
        await browser.WaitForAsync("(document.querySelector('#rate path.write')?.getAttribute('d') ?? '').split('L').length > 36", Cancellation);
        await SaveAsync(browser, "page.png");

        await browser.ClickAsync($"[data-server={Main}] [data-action=Kill]", Cancellation);
        await browser.ClickAsync("#yes", Cancellation);
        await browser.WaitForAsync("document.querySelector('#events .Failover') && document.querySelector('#rate line.mark')", Cancellation);
        await SaveAsync(browser, "failover.png");
        await stop.CancelAsync();
        await callers;
    }

    private static async Task CallAsync(KvClusterClient client, int caller, CancellationToken stop)
    {
        var value = Encoding.UTF8.GetBytes(new string('x', 100));
        try
        {
            for (var i = 0; ; i++)
            {
                var key = $"user/{caller}/{i % 1000}";
                if (i % 3 == 0) await client.PutAsync(key, value, cancellationToken: stop);
                else await client.GetAsync(key, cancellationToken: stop);
                await Task.Delay(Think, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The pictures are taken.
        }
    }

    private static async Task SaveAsync(Browser browser, string name)
    {
        var folder = Path.Combine(BuiltPaths.AppHostFolder, "..", "docs", "images");
        Directory.CreateDirectory(folder);
        await File.WriteAllBytesAsync(Path.Combine(folder, name), await browser.ScreenshotAsync(Cancellation), Cancellation);
    }
}
