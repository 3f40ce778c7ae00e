using System.CommandLine;
using System.Globalization;
using KvCluster.Benchmarks.Cluster;
using KvCluster.Benchmarks.Measurement;
using KvCluster.Benchmarks.Memory;
using KvCluster.Benchmarks.Output;
using KvCluster.Benchmarks.Redis;

namespace KvCluster.Benchmarks.Commands;

/// <summary><c>idle-connections</c>: what many connections to the Redis-protocol port of a main cost it in memory.</summary>
internal sealed class IdleConnectionsCommand : Command
{
    private const int WarmUpTimes = 2_000;
    private readonly ClusterOptions _cluster = new();
    private readonly OutputOption _output = new();
    private readonly Option<int> _connections = LoadOptions.Number("--connections", "Connections that are opened.", 10_000, 1, 19_000);
    private readonly Option<int> _restSeconds = LoadOptions.Number("--rest", "Seconds without requests before memory is read.", 5, 0, 3600);

    public IdleConnectionsCommand() : base("idle-connections", "Resident memory of a main before, with many idle connections to its Redis-protocol port, and after each was used.")
    {
        Options.Add(_connections);
        Options.Add(_restSeconds);
        _cluster.AddTo(this);
        _output.AddTo(this);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var count = parsed.GetValue(_connections);
        var rest = TimeSpan.FromSeconds(parsed.GetValue(_restSeconds));
        await using var cluster = await ClusterUnderTest.OpenAsync(_cluster.Read(parsed), cancellation);
        var state = await cluster.StateAsync(cancellation);
        var main = state.Servers.Single(server => server.Role == ServerEntry.Main);
        var process = new WatchedProcess(main.Name, state.ProcessOf(main.Name));

        using var connections = new IdleConnections(state.RespOfMain);
        connections.Open(1, cancellation);
        connections.WarmUp(WarmUpTimes);
        var before = await MemoryAsync();
        connections.Open(count, cancellation);
        var connected = await MemoryAsync();
        connections.Use(cancellation);
        var used = await MemoryAsync();
        _output.Write(parsed, new IdleConnectionsResult(MachineInfo.Here(), count, before, connected, used), BenchmarkJson.Default.IdleConnectionsResult, Write);
        return 0;

        async Task<ServerMemory> MemoryAsync()
        {
            await Task.Delay(rest, cancellation);
            return ServerMemory.Of([process]).SingleOrDefault() ?? throw new BenchmarkException($"{process.Name} has ended.");
        }
    }

    private static void Write(IdleConnectionsResult result, TextWriter output)
    {
        output.WriteLine(Text($"MiB resident in {result.Before.Name}; {result.Connections:N0} connections"));
        var table = new TextTable("", "resident", "more", "of it anonymous", "KiB a connection");
        foreach (var (name, memory) in new[] { ("before", result.Before), ("connected", result.Connected), ("each used once", result.Used) })
        {
            var more = memory.ResidentMebibytes - result.Before.ResidentMebibytes;
            table.Add(name, Text($"{memory.ResidentMebibytes:0.0}"), Text($"{more:0.0}"), Text($"{memory.AnonymousMebibytes:0.0}"), Text($"{more * 1024 / result.Connections:0.0}"));
        }

        table.Write(output);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
