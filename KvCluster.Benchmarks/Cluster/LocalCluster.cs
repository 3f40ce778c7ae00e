using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using KvCluster.Benchmarks.Sockets;

namespace KvCluster.Benchmarks.Cluster;

/// <summary>A throw-away cluster on this machine, started with the AppHost for one measurement and stopped after it.</summary>
internal sealed class LocalCluster : IAsyncDisposable
{
    private const int LinesKept = 40;
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
    private readonly Process _appHost;
    private readonly string _folder;
    private readonly Queue<string> _lastLines = new();

    private LocalCluster(Process appHost, string folder)
    {
        _appHost = appHost;
        _folder = folder;
        appHost.OutputDataReceived += (_, line) => Keep(line.Data);
        appHost.ErrorDataReceived += (_, line) => Keep(line.Data);
        appHost.BeginOutputReadLine();
        appHost.BeginErrorReadLine();
    }

    /// <summary>Kept true by the AppHost while the cluster runs.</summary>
    public string StateFile => Path.Combine(_folder, "state.json");

    /// <summary>The AppHost that was built with this program.</summary>
    private static string AppHostProgram => Assembly.GetExecutingAssembly()
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == nameof(AppHostProgram)).Value!;

    /// <summary>Returns when all slots are served.</summary>
    /// <param name="environment">What its servers find in their environment besides.</param>
    /// <exception cref="BenchmarkException">It did not start; the message has the last lines of its output.</exception>
    public static async Task<LocalCluster> StartAsync(int slaves, IReadOnlyDictionary<string, string> environment, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("kvcluster-bench-").FullName;
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { AppHostProgram, "--ephemeral", "--slaves", slaves.ToString(CultureInfo.InvariantCulture) },
        };
        start.ArgumentList.Add("--state-file");
        start.ArgumentList.Add(Path.Combine(folder, "state.json"));
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var cluster = new LocalCluster(Process.Start(start)!, folder);
        try
        {
            await cluster.WaitUntilServingAsync(cancellation);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_appHost.HasExited)
            LinuxCalls.Signal(_appHost.Id, Signals.Terminate);
        using var patience = new CancellationTokenSource(StopPatience);
        try
        {
            await _appHost.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _appHost.Kill(entireProcessTree: true);
            await _appHost.WaitForExitAsync(CancellationToken.None);
        }

        _appHost.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task WaitUntilServingAsync(CancellationToken cancellation)
    {
        var waited = Stopwatch.StartNew();
        while (!File.Exists(StateFile))
        {
            if (_appHost.HasExited || waited.Elapsed > StartPatience)
                throw new BenchmarkException($"The cluster does not serve. The AppHost said last:{Environment.NewLine}{LastLines()}");
            await Task.Delay(PollInterval, cancellation);
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lock (_lastLines)
        {
            _lastLines.Enqueue(line);
            if (_lastLines.Count > LinesKept)
                _lastLines.Dequeue();
        }
    }

    private string LastLines()
    {
        lock (_lastLines)
            return string.Join(Environment.NewLine, _lastLines);
    }
}
