using System.CommandLine;
using System.Globalization;
using KvCluster.Benchmarks.Cluster;
using KvCluster.Benchmarks.Load;
using KvCluster.Benchmarks.Measurement;
using KvCluster.Benchmarks.Memory;
using KvCluster.Benchmarks.Output;

namespace KvCluster.Benchmarks.Commands;

/// <summary><c>memory</c>: what the servers keep in RAM, idle and full.</summary>
internal sealed class MemoryCommand : Command
{
    private readonly ClusterOptions _cluster = new();
    private readonly LoadOptions _load = new();
    private readonly OutputOption _output = new();
    private readonly Option<int> _restSeconds = LoadOptions.Number("--rest", "Seconds without load before memory is read.", 10, 0, 3600);

    public MemoryCommand() : base("memory", "Resident memory of each server: idle, with every key stored, and after reads of all of them.")
    {
        Options.Add(_restSeconds);
        _load.AddTo(this);
        _cluster.AddTo(this);
        _output.AddTo(this);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var plan = _load.Read(parsed);
        var rest = TimeSpan.FromSeconds(parsed.GetValue(_restSeconds));
        await using var cluster = await ClusterUnderTest.OpenAsync(_cluster.Read(parsed), cancellation);
        var processes = (await cluster.StateAsync(cancellation)).Processes;
        var target = await cluster.TargetAsync(plan, cancellation);

        await Task.Delay(rest, cancellation);
        var idle = ServerMemory.Of(processes);
        await LoadRun.FillAsync(target, plan, [], cancellation);
        await Task.Delay(rest, cancellation);
        var filled = ServerMemory.Of(processes);
        await LoadRun.RunAsync(target, plan, [], cancellation);
        await Task.Delay(rest, cancellation);
        var result = new MemoryResult(MachineInfo.Here(), plan, idle, filled, ServerMemory.Of(processes));
        _output.Write(parsed, result, BenchmarkJson.Default.MemoryResult, Write);
        return 0;
    }

    private static void Write(MemoryResult result, TextWriter output)
    {
        var workload = result.Plan.Workload;
        output.WriteLine(Text($"MiB resident; {workload.Keys:N0} keys with {workload.ValueBytes}-byte values"));
        var table = new TextTable("server", "idle", "filled", "after reads", "of it anonymous", "files");
        foreach (var idle in result.Idle)
        {
            var read = result.Read.First(server => server.Name == idle.Name);
            var filled = result.Filled.First(server => server.Name == idle.Name);
            double[] cells =
                [idle.ResidentMebibytes, filled.ResidentMebibytes, read.ResidentMebibytes, read.AnonymousMebibytes, read.FileMebibytes];
            table.Add([idle.Name, .. cells.Select(cell => Text($"{cell:0.0}"))]);
        }

        table.Write(output);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
