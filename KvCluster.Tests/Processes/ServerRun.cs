using System.Diagnostics;
using System.Text;
using KvCluster.AppHost.Machine;
using KvCluster.Hosting.Machine;
using KvCluster.Hosting.Plan;

namespace KvCluster.Tests.Processes;

/// <summary>One process of the real server, and everything it printed. It ends with the test, however the test ends.</summary>
internal sealed class ServerRun : IAsyncDisposable
{
    private static readonly TimeSpan ExitPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollPause = TimeSpan.FromMilliseconds(50);
    private readonly Process _process;
    private readonly StringBuilder _printed = new();
    private readonly Lock _lock = new();
    private readonly Task _output;

    private ServerRun(Process process, bool isHeard)
    {
        _process = process;
        _output = isHeard ? Task.WhenAll(CollectAsync(process.StandardOutput), CollectAsync(process.StandardError)) : Task.CompletedTask;
    }

    public int ProcessId => _process.Id;
    public bool IsPaused { get; private set; }
    public bool IsRunning => !_process.HasExited;

    public string Printed
    {
        get
        {
            lock (_lock) return _printed.ToString();
        }
    }

    /// <param name="under">The command that becomes the server, with the same process id; none: it is started as it is.</param>
    /// <param name="isHeard">False: nobody reads what it prints, and the pipe fills.</param>
    public static ServerRun Start(IReadOnlyDictionary<string, string> environment, IReadOnlyList<string>? under = null, bool isHeard = true)
    {
        var command = BuiltPaths.ServerCommand(null);
        string[] words = [.. under ?? [], command.Program, .. command.Arguments];
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = command.Folder,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;

        // The pipe's other end is this process: should the tests be killed, the servers go with them.
        start.Environment[ServerEnvironment.ExitWithParent] = "true";
        return new ServerRun(Process.Start(start)!, isHeard);
    }

    /// <summary>Polls until the server says that it serves.</summary>
    public async Task WaitUntilHealthyAsync(Uri url)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(StartPatience);
        while (!await IsHealthyAsync(http, new Uri(url, "/health"), deadline.Token))
        {
            Assert.True(IsRunning, $"The server ended:\n{Printed}");
            await Task.Delay(PollPause, deadline.Token);
        }
    }

    /// <summary>kill -9: nothing is flushed, nobody is told.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        await _output;
    }

    /// <summary>SIGSTOP: the process stands still and its connections stay open.</summary>
    public void Pause()
    {
        Signals.Pause(_process.Id);
        IsPaused = true;

        // The signal is on its way when the call returns; the process stands still when every thread of it does.
        SpinWait.SpinUntil(() => Directory.EnumerateDirectories($"/proc/{ProcessId}/task").All(IsStopped), TimeSpan.FromSeconds(10));
    }

    private static bool IsStopped(string thread)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(thread, "stat"));
            return stat[stat.LastIndexOf(')') + 2] == 'T';
        }
        catch (IOException)
        {
            return true;
        }
    }

    public void Resume()
    {
        Signals.Resume(_process.Id);
        IsPaused = false;
    }

    /// <summary>SIGTERM, and the exit code that comes of it.</summary>
    public Task<int> StopAsync(CancellationToken cancellation)
    {
        UnixSignals.RequestStop(_process.Id);
        return WaitForExitAsync(cancellation);
    }

    public async Task<int> WaitForExitAsync(CancellationToken cancellation)
    {
        await _process.WaitForExitAsync(cancellation).WaitAsync(ExitPatience, cancellation);
        await _output;
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (IsRunning) await KillAsync();
        _process.Dispose();
    }

    private static async Task<bool> IsHealthyAsync(HttpClient http, Uri place, CancellationToken cancellation)
    {
        try
        {
            using var answer = await http.GetAsync(place, cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            // Its port is not open yet; the deadline bounds the asking.
            return false;
        }
    }

    private async Task CollectAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
            lock (_lock)
                _printed.AppendLine(line);
    }
}
