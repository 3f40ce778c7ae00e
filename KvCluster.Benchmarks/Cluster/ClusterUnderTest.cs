using KvCluster.Benchmarks.Load;
using KvCluster.Benchmarks.Measurement;

namespace KvCluster.Benchmarks.Cluster;

/// <summary>The cluster that is measured, and the processes that it consists of where they are known.</summary>
internal sealed class ClusterUnderTest : IAsyncDisposable
{
    private readonly LocalCluster? _own;
    private readonly string? _stateFile;
    private readonly Uri? _url;

    private ClusterUnderTest(LocalCluster? own, string? stateFile, Uri? url)
    {
        _own = own;
        _stateFile = stateFile;
        _url = url;
    }

    public static async Task<ClusterUnderTest> OpenAsync(ClusterChoice choice, CancellationToken cancellation)
    {
        if (choice.StateFile is not null || choice.Url is not null)
            return new ClusterUnderTest(null, choice.StateFile, choice.Url);
        return await StartAsync(choice.Slaves, new Dictionary<string, string>(), cancellation);
    }

    /// <summary>A throw-away cluster whose servers find this in their environment besides.</summary>
    public static async Task<ClusterUnderTest> StartAsync(int slaves, IReadOnlyDictionary<string, string> environment, CancellationToken cancellation)
    {
        await Console.Error.WriteLineAsync($"Starting a throw-away cluster with {slaves} slave nodes ...");
        var own = await LocalCluster.StartAsync(slaves, environment, cancellation);
        return new ClusterUnderTest(own, own.StateFile, null);
    }

    /// <exception cref="BenchmarkException">Only a url is known, and that says nothing of processes.</exception>
    public Task<ClusterState> StateAsync(CancellationToken cancellation) => _stateFile is not null
        ? ClusterState.ReadAsync(_stateFile, cancellation)
        : throw new BenchmarkException("This needs the processes of the servers: give --state-file, or let a cluster be started.");

    public async Task<IReadOnlyList<WatchedProcess>> ProcessesAsync(CancellationToken cancellation) =>
        _stateFile is null ? [] : (await StateAsync(cancellation)).Processes;

    public async Task<Uri> SeedAsync(CancellationToken cancellation) => _url ?? (await StateAsync(cancellation)).Seed;

    public async Task<ClusterTarget> TargetAsync(LoadPlan plan, CancellationToken cancellation) =>
        await ClusterTarget.ConnectAsync(await SeedAsync(cancellation), plan.Workload.ValueBytes, plan.Seed, cancellation);

    public ValueTask DisposeAsync() => _own?.DisposeAsync() ?? ValueTask.CompletedTask;
}
