using System.CommandLine;
using KvCluster.Benchmarks.Cluster;
using KvCluster.Benchmarks.Load;
using KvCluster.Benchmarks.Measurement;
using KvCluster.Benchmarks.Output;

namespace KvCluster.Benchmarks.Commands;

/// <summary><c>load</c>: puts load on a cluster.</summary>
internal sealed class LoadCommand : Command
{
    private readonly ClusterOptions _cluster = new();
    private readonly LoadOptions _load = new();
    private readonly OutputOption _output = new();

    private readonly Option<OperationMix> _operation = new("--operation")
    {
        Description = "What is asked.",
        DefaultValueFactory = _ => OperationMix.Get,
    };

    private readonly Option<int> _readPercent = LoadOptions.Number("--read-percent", "With mix: share of GET in percent.", 90, 0, 100);

    private readonly Option<double?> _rate = new("--rate")
    {
        Description = "Requests that begin in a second, latency counted from when each should begin [default: closed loop].",
        HelpName = "N",
    };

    private readonly Option<bool> _fill = new("--fill")
    {
        Description = "Store every key first [default: only in a throw-away cluster that is read].",
    };

    public LoadCommand() : base("load", "Puts load on a cluster and measures throughput, latency and the processor time of each process.")
    {
        Options.Add(_operation);
        Options.Add(_readPercent);
        Options.Add(_rate);
        Options.Add(_fill);
        _rate.Validators.Add(result =>
        {
            if (!result.Errors.Any() && result.GetValueOrDefault<double?>() is <= 0)
                result.AddError("--rate must be above 0.");
        });
        _load.AddTo(this);
        _cluster.AddTo(this);
        _output.AddTo(this);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var plan = Plan(parsed);
        var choice = _cluster.Read(parsed);
        await using var cluster = await ClusterUnderTest.OpenAsync(choice, cancellation);
        var target = await cluster.TargetAsync(plan, cancellation);
        var processes = Watched(await cluster.ProcessesAsync(cancellation));
        var isEmpty = choice is { StateFile: null, Url: null };
        var fill = parsed.GetValue(_fill) || (isEmpty && plan.Workload.ReadShare > 0)
            ? await LoadRun.FillAsync(target, plan, processes, cancellation)
            : null;
        var (load, changes) = await TopologyDiary.KeepAsync(
            async stop => await ClusterTarget.ReadTopologyAsync(await cluster.SeedAsync(stop), stop),
            () => LoadRun.RunAsync(target, plan, processes, cancellation),
            cancellation);
        var result = new LoadResult(MachineInfo.Here(), fill, load, changes);
        _output.Write(parsed, result, BenchmarkJson.Default.LoadResult, Write);
        return 0;
    }

    /// <summary>The generator shares the machine, so what it costs belongs to the result.</summary>
    public static IReadOnlyList<WatchedProcess> Watched(IEnumerable<WatchedProcess> servers) =>
        [.. servers, new WatchedProcess("load generator", Environment.ProcessId)];

    private LoadPlan Plan(ParseResult parsed)
    {
        var plan = _load.Read(parsed);
        var readShare = parsed.GetValue(_operation) switch
        {
            OperationMix.Get => 1,
            OperationMix.Put => 0,
            _ => parsed.GetValue(_readPercent) / 100.0,
        };
        return plan with { Workload = plan.Workload with { ReadShare = readShare }, RatePerSecond = parsed.GetValue(_rate) };
    }

    private static void Write(LoadResult result, TextWriter output)
    {
        if (result.Fill is { } fill)
        {
            output.WriteLine("Storing every key first:");
            LoadReportText.Write(fill, output);
            output.WriteLine();
        }

        LoadReportText.Write(result.Load, output);
        output.WriteLine(result.Changes.Count == 0
            ? "No node changed its main or its in-sync set, the warm-up included."
            : $"This is no measurement of a steady state, in seconds since the load began (the warm-up is part of it): {string.Join("; ", result.Changes)}.");
    }
}
