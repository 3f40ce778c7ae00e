using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using KvCluster.Benchmarks.Measurement;
using KvCluster.Benchmarks.Sockets;

namespace KvCluster.Benchmarks.Etcd;

/// <summary>Three members of etcd on this machine with their default settings, in a temporary folder.</summary>
internal sealed class EtcdCluster : IAsyncDisposable
{
    private const int Members = 3;
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);
    private readonly ImmutableArray<EtcdMember> _members;
    private readonly string _folder = Directory.CreateTempSubdirectory("etcd-bench-").FullName;
    private readonly List<Process> _processes = [];

    private EtcdCluster()
    {
        var ports = FreePorts.Take(2 * Members);
        _members = [.. Enumerable.Range(0, Members).Select(i => new EtcdMember($"etcd-{i + 1}", Url(ports[2 * i]), Url(ports[(2 * i) + 1])))];
    }

    /// <summary>The member that leads: a put that reaches another one costs a hop more.</summary>
    public EtcdMember Leader { get; private set; } = new("", new Uri("http://127.0.0.1"), new Uri("http://127.0.0.1"));
    public IReadOnlyList<WatchedProcess> Processes => [.. _members.Zip(_processes, (member, process) => new WatchedProcess(member.Name, process.Id))];
    public string Version { get; private set; } = "";

    /// <summary>Returns when there is a leader.</summary>
    public static async Task<EtcdCluster> StartAsync(CancellationToken cancellation)
    {
        var cluster = new EtcdCluster();
        try
        {
            foreach (var member in cluster._members)
                cluster._processes.Add(cluster.StartMember(member));
            await cluster.FindLeaderAsync(cancellation);
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
        foreach (var process in _processes)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static Uri Url(int port) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));

    private Process StartMember(EtcdMember member)
    {
        var start = new ProcessStartInfo("etcd") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            "--name", member.Name,
            "--data-dir", Path.Combine(_folder, member.Name),
            "--listen-client-urls", Text(member.Client),
            "--advertise-client-urls", Text(member.Client),
            "--listen-peer-urls", Text(member.Peer),
            "--initial-advertise-peer-urls", Text(member.Peer),
            "--initial-cluster", string.Join(',', _members.Select(other => $"{other.Name}={Text(other.Peer)}")),
            "--initial-cluster-state", "new",
            "--logger", "zap",
            "--log-level", "error",
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        try
        {
            var process = Process.Start(start)!;
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            return process;
        }
        catch (Win32Exception error)
        {
            throw new BenchmarkException("There is no etcd on the PATH. On Debian: apt-get install etcd-server", error);
        }
    }

    private static string Text(Uri url) => url.GetLeftPart(UriPartial.Authority);

    private async Task FindLeaderAsync(CancellationToken cancellation)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(1) };
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < StartPatience)
        {
            foreach (var member in _members)
            {
                if (await TryStatusAsync(http, member, cancellation) is not { } status || !IsLeader(status))
                    continue;
                Leader = member;
                Version = status.GetProperty("version").GetString()!;
                return;
            }

            await Task.Delay(PollInterval, cancellation);
        }

        throw new BenchmarkException($"etcd found no leader within {StartPatience.TotalSeconds} s.");
    }

    private static bool IsLeader(JsonElement status) =>
        status.TryGetProperty("leader", out var leader)
        && leader.GetString() == status.GetProperty("header").GetProperty("member_id").GetString();

    private static async Task<JsonElement?> TryStatusAsync(HttpClient http, EtcdMember member, CancellationToken cancellation)
    {
        try
        {
            using var body = new StringContent("{}", Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(new Uri(member.Client, "/v3/maintenance/status"), body, cancellation);
            return answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation) : null;
        }
        catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // Not listening yet, or listening and still electing.
            return null;
        }
    }
}
