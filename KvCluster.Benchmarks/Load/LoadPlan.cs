namespace KvCluster.Benchmarks.Load;

/// <summary>How load is put on a target.</summary>
internal sealed record LoadPlan
{
    public Workload Workload { get; init; } = new();

    /// <summary>Requests under way at most; each client has a connection of its own to every server.</summary>
    public int Connections { get; init; } = 50;

    public int Threads { get; init; } = 1;

    /// <summary>Requests that begin in a second, whatever the answers do (open loop). None: each client asks again as soon as it was answered (closed loop).</summary>
    public double? RatePerSecond { get; init; }

    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(5);
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);
    public ulong Seed { get; init; } = 1;
}
