using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using KvCluster.Benchmarks.Measurement;

namespace KvCluster.Benchmarks.Cluster;

/// <summary>The AppHost's state file: who runs where.</summary>
internal sealed record ClusterState
{
    public required ImmutableArray<ServerEntry> Servers { get; init; }

    [JsonIgnore]
    public IReadOnlyList<WatchedProcess> Processes =>
    [
        .. from server in Servers
           where server.Pid is not null
           select new WatchedProcess(server.Name, server.Pid!.Value),
    ];

    /// <summary>A server that can be asked for the topology.</summary>
    [JsonIgnore]
    public Uri Seed => Servers.First(server => server.Pid is not null && server.Role != ServerEntry.Witness).Url;

    /// <summary>Redis-protocol port of the only main.</summary>
    /// <exception cref="BenchmarkException">There is no such port.</exception>
    [JsonIgnore]
    public IPEndPoint RespOfMain => IPEndPoint.Parse(Servers.Single(server => server.Role == ServerEntry.Main).Resp ?? throw new BenchmarkException("The main has no Redis-protocol port."));

    /// <exception cref="BenchmarkException">No process of that server runs.</exception>
    public int ProcessOf(string name) =>
        Servers.FirstOrDefault(server => server.Name == name)?.Pid ?? throw new BenchmarkException($"{name} does not run.");

    public static async Task<ClusterState> ReadAsync(string file, CancellationToken cancellation)
    {
        try
        {
            return JsonSerializer.Deserialize(await File.ReadAllBytesAsync(file, cancellation), ClusterStateJson.Default.ClusterState)
                ?? throw new BenchmarkException($"{file} is empty.");
        }
        catch (Exception error) when (error is IOException or JsonException)
        {
            throw new BenchmarkException($"The state file cannot be read: {error.Message}", error);
        }
    }
}
