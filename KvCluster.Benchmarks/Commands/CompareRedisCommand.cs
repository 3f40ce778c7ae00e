using System.CommandLine;
using System.Net;
using KvCluster.Benchmarks.Cluster;
using KvCluster.Benchmarks.Comparisons;
using KvCluster.Benchmarks.Load;
using KvCluster.Benchmarks.Measurement;
using KvCluster.Benchmarks.Output;
using KvCluster.Benchmarks.Redis;

namespace KvCluster.Benchmarks.Commands;

/// <summary><c>compare redis</c>: the Redis-protocol port of a node against a Redis with a replica, with and without pipelines.</summary>
internal sealed class CompareRedisCommand : Command
{
    private readonly LoadOptions _load = new();
    private readonly OutputOption _output = new();
    private readonly Option<int> _rounds = LoadOptions.Number("--rounds", "Rounds of each.", 3, 1, 100);
    private readonly Option<int> _pipeline = LoadOptions.Number("--pipeline", "Commands in a pipeline where there is one.", 16, 2, 64);

    public CompareRedisCommand() : base("redis", "SET durable on both servers and linearizable GET at the Redis port against a Redis with a replica.")
    {
        Options.Add(_rounds);
        Options.Add(_pipeline);
        _load.AddTo(this);
        _output.AddTo(this);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var plan = _load.Read(parsed);
        var keys = plan.Workload.Keys;
        await using var redis = await RedisPair.StartAsync(cancellation);
        await using var cluster = await ClusterUnderTest.StartAsync(slaves: 0, new Dictionary<string, string>(), cancellation);
        var state = await cluster.StateAsync(cancellation);
        var main = state.RespOfMain;
        var values = new ValueBlock(plan.Workload.ValueBytes, plan.Seed);
        await LoadRun.FillAsync(Target("Redis", redis.Main, 1, waits: false).Target, plan, [], cancellation);
        await LoadRun.FillAsync(Target("KvCluster", main, 1, waits: false).Target, plan, [], cancellation);

        var comparisons = new List<Comparison>();
        foreach (var pipeline in new[] { 1, parsed.GetValue(_pipeline) })
        {
            var how = pipeline == 1 ? "one at a time" : $"{pipeline} in a pipeline, counted as one";
            await CompareAsync($"SET durable on both, {how} (Redis {redis.Version}: appendfsync always, WAIT 1 behind each)", readShare: 0, pipeline);
            await CompareAsync($"GET, linearizable, {how} (Redis {redis.Version})", readShare: 1, pipeline);
        }

        _output.Write(parsed, new ComparisonResult(MachineInfo.Here(), comparisons), BenchmarkJson.Default.ComparisonResult, ComparisonText.Write);
        return 0;

        async Task CompareAsync(string name, double readShare, int pipeline)
        {
            var mixed = plan with { Workload = plan.Workload with { ReadShare = readShare } };
            var (ours, theirs) = (Target("KvCluster", main, pipeline, waits: false), Target("Redis", redis.Main, pipeline, waits: true));
            comparisons.Add(await Comparison.RunAsync(name, ours, theirs, mixed, parsed.GetValue(_rounds), cancellation));
        }

        Contender Target(string name, IPEndPoint server, int pipeline, bool waits) => new(
            new RespTarget(name, server, new RespRequests(values, pipeline, keys, waits)),
            LoadCommand.Watched(server == main ? state.Processes : redis.Processes));
    }
}
