using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KvCluster.Tests.Processes;

namespace KvCluster.Tests.AppHost.Page;

/// <summary>A real browser with one page, driven by the DevTools protocol (https://chromedevtools.github.io/devtools-protocol/).</summary>
internal sealed class Browser : IAsyncDisposable
{
    private const int WaitMilliseconds = 90_000;
    private const string Announcement = "DevTools listening on ";
    private static readonly string[] Programs = ["chromium", "chromium-browser", "google-chrome"];
    private readonly Process _process;
    private readonly ClientWebSocket _socket = new();
    private readonly TemporaryFolder _folder;
    private string? _session;
    private int _commands;

    private Browser(Process process, TemporaryFolder folder) => (_process, _folder) = (process, folder);

    /// <summary>Skips the test where there is no browser.</summary>
    public static async Task<Browser> OpenAsync(Uri page, CancellationToken cancellation)
    {
        var program = Array.Find(Programs, IsThere);
        if (program is null) Prerequisites.Missing("Needs chromium.");
        var folder = new TemporaryFolder();
        string[] arguments =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--remote-debugging-port=0", "--window-size=1280,1180", $"--user-data-dir={folder.Path}", "about:blank",
        ];
        var process = Process.Start(new ProcessStartInfo(program!, arguments) { RedirectStandardError = true })!;
        var browser = new Browser(process, folder);
        try
        {
            await browser._socket.ConnectAsync(await browser.AddressAsync(cancellation), cancellation);
            var target = await browser.SendAsync("Target.createTarget", new JsonObject { ["url"] = page.ToString() }, cancellation);
            var attached = await browser.SendAsync("Target.attachToTarget", new JsonObject { ["targetId"] = target["targetId"]!.GetValue<string>(), ["flatten"] = true }, cancellation);
            browser._session = attached["sessionId"]!.GetValue<string>();
            await browser.WaitForAsync("document.readyState === 'complete' && document.getElementById('picture')", cancellation);
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until an expression is true in the page; what is not there yet is not true yet.</summary>
    public async Task WaitForAsync(string expression, CancellationToken cancellation)
    {
        // The page itself waits, and answers when it is so.
        var isTrue = await EvaluateAsync(
            $$"""
            new Promise(done => {
              const until = performance.now() + {{WaitMilliseconds}};
              const look = () => {
                let isTrue = false;
                try { isTrue = !!({{expression}}); } catch (missing) { if (!(missing instanceof TypeError)) throw missing; }
                if (isTrue || performance.now() > until) done(isTrue); else setTimeout(look, 50);
              };
              look();
            })
            """,
            cancellation);
        Assert.True(isTrue!.GetValue<bool>(), $"This has not come true: {expression}. The page says: {await EvaluateAsync("document.body.innerText", cancellation)}");
    }

    /// <summary>The value of an expression in the page, or of its promise.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression, CancellationToken cancellation)
    {
        var parameters = new JsonObject { ["expression"] = expression, ["awaitPromise"] = true, ["returnByValue"] = true };
        while (true)
        {
            try
            {
                var answer = await SendAsync("Runtime.evaluate", parameters.DeepClone().AsObject(), cancellation);
                return answer["exceptionDetails"] is { } thrown ? throw new InvalidOperationException($"{expression}: {thrown}") : answer["result"]?["value"];
            }
            catch (DevToolsException moved) when (moved.Message.Contains("context", StringComparison.OrdinalIgnoreCase) || moved.Message.Contains("navigated", StringComparison.Ordinal))
            {
                // The page had not been loaded when it was asked.
            }
        }
    }

    public async Task ClickAsync(string selector, CancellationToken cancellation)
    {
        var quoted = JsonSerializer.Serialize(selector);
        await WaitForAsync($"document.querySelector({quoted})", cancellation);
        await EvaluateAsync($"document.querySelector({quoted}).click()", cancellation);
    }

    /// <summary>A picture of the whole page.</summary>
    public async Task<byte[]> ScreenshotAsync(CancellationToken cancellation)
    {
        var answer = await SendAsync("Page.captureScreenshot", new JsonObject { ["format"] = "png" }, cancellation);
        return Convert.FromBase64String(answer["data"]!.GetValue<string>());
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    private async Task<Uri> AddressAsync(CancellationToken cancellation)
    {
        var said = new StringBuilder();
        while (await _process.StandardError.ReadLineAsync(cancellation) is { } line)
        {
            if (line.StartsWith(Announcement, StringComparison.Ordinal))
            {
                // What it goes on to say is read, so that it never waits for a reader.
                _ = _process.StandardError.ReadToEndAsync(CancellationToken.None);
                return new Uri(line[Announcement.Length..]);
            }

            said.AppendLine(line);
        }

        throw new InvalidOperationException($"The browser ended: {said}");
    }

    // One command at a time; events of the page that come in between are of no interest.
    private async Task<JsonNode> SendAsync(string method, JsonObject parameters, CancellationToken cancellation)
    {
        var id = ++_commands;
        var command = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        if (_session is not null) command["sessionId"] = _session;
        await _socket.SendAsync(Encoding.UTF8.GetBytes(command.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, cancellation);
        while (true)
        {
            var message = JsonNode.Parse(await ReceiveAsync(cancellation))!;
            if (message["id"]?.GetValue<int>() != id) continue;
            if (message["error"] is { } error) throw new DevToolsException($"{method}: {error}");
            return message["result"]!;
        }
    }

    private async Task<byte[]> ReceiveAsync(CancellationToken cancellation)
    {
        using var message = new MemoryStream();
        var part = new byte[64 << 10];
        while (true)
        {
            var received = await _socket.ReceiveAsync(part, cancellation);
            message.Write(part.AsSpan(0, received.Count));
            if (received.MessageType == WebSocketMessageType.Close) throw new InvalidOperationException("The browser closed the connection.");
            if (received.EndOfMessage) return message.ToArray();
        }
    }

    private static bool IsThere(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    private sealed class DevToolsException(string message) : Exception(message);
}
