using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using KvCluster.Benchmarks.Measurement;
using KvCluster.Benchmarks.Sockets;

namespace KvCluster.Benchmarks.Redis;

/// <summary>A Redis and its replica on this machine, both with an append-only file that is synced at every write, in a temporary folder.</summary>
internal sealed class RedisPair : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);
    private readonly string _folder = Directory.CreateTempSubdirectory("redis-bench-").FullName;
    private readonly List<(string Name, Process Process)> _processes = [];
    private readonly int[] _ports = FreePorts.Take(2);

    public IPEndPoint Main => new(IPAddress.Loopback, _ports[0]);
    public IReadOnlyList<WatchedProcess> Processes => [.. _processes.Select(one => new WatchedProcess(one.Name, one.Process.Id))];
    public string Version { get; private set; } = "";

    /// <summary>Returns when the replica follows.</summary>
    public static async Task<RedisPair> StartAsync(CancellationToken cancellation)
    {
        var pair = new RedisPair();
        try
        {
            pair.Start("redis", pair._ports[0]);
            pair.Start("redis-replica", pair._ports[1], "--replicaof", "127.0.0.1", Text(pair._ports[0]));
            await pair.WaitUntilFollowingAsync(cancellation);
            return pair;
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, process) in _processes)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private void Start(string name, int port, params string[] more)
    {
        var start = new ProcessStartInfo("redis-server") { RedirectStandardOutput = true, RedirectStandardError = true };
        var folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        string[] arguments = ["--port", Text(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "yes", "--appendfsync", "always", .. more];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        try
        {
            var process = Process.Start(start)!;
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            _processes.Add((name, process));
        }
        catch (Win32Exception error)
        {
            throw new BenchmarkException("There is no redis-server on the PATH. On Debian: apt-get install redis-server", error);
        }
    }

    private async Task WaitUntilFollowingAsync(CancellationToken cancellation)
    {
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < StartPatience)
        {
            var info = await RespInfo.ReadAsync(Main, cancellation);
            Version = info.GetValueOrDefault("redis_version", "");
            if (info.TryGetValue("slave0", out var replica) && replica.Contains("state=online", StringComparison.Ordinal)) return;
            await Task.Delay(PollInterval, cancellation);
        }

        throw new BenchmarkException($"The replica of Redis does not follow within {StartPatience.TotalSeconds} s.");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
