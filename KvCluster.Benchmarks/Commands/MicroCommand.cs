using System.CommandLine;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace KvCluster.Benchmarks.Commands;

/// <summary><c>micro</c>: the hot pieces one by one, with BenchmarkDotNet.</summary>
internal sealed class MicroCommand : Command
{
    private readonly Option<string> _filter = new("--filter")
    {
        Description = "Which benchmarks, by a pattern of their full names.",
        HelpName = "PATTERN",
        DefaultValueFactory = _ => "*",
    };

    public MicroCommand() : base("micro", "Measures the hot pieces one by one with BenchmarkDotNet.")
    {
        Options.Add(_filter);
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        // In this process: building a project for each benchmark would need the sources, and takes longer than the benchmark.
        var job = Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance);
        var results = Path.Combine(Path.GetTempPath(), "kvcluster-micro-results");
        var config = ManualConfig.Create(DefaultConfig.Instance).AddJob(job).WithArtifactsPath(results);
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(MicroCommand).Assembly).Run(["--filter", parsed.GetValue(_filter)!], config);
        return summaries.Any() && summaries.All(summary => !summary.HasCriticalValidationErrors) ? 0 : 1;
    }
}
