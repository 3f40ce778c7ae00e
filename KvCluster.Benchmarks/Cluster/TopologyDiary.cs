using System.Diagnostics;
using KvCluster.Protocol.Topology;

namespace KvCluster.Benchmarks.Cluster;

/// <summary>Notes when a node changed its main or its in-sync set, which each such change gives a new epoch.</summary>
/// <remarks>It asks once a second: the moment of a change is known to that, and no change is missed, for an epoch only grows.</remarks>
internal sealed class TopologyDiary
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly Func<CancellationToken, Task<ClusterTopology>> _read;
    private readonly List<string> _changes = [];
    private readonly long _began = Stopwatch.GetTimestamp();
    private ClusterTopology _known;

    private TopologyDiary(ClusterTopology known, Func<CancellationToken, Task<ClusterTopology>> read) => (_known, _read) = (known, read);

    /// <summary>What changes while the work is under way, each with the seconds since it began.</summary>
    public static async Task<(T Result, IReadOnlyList<string> Changes)> KeepAsync<T>(
        Func<CancellationToken, Task<ClusterTopology>> read, Func<Task<T>> work, CancellationToken cancellation)
    {
        var diary = new TopologyDiary(await read(cancellation), read);
        var result = work();
        while (await Task.WhenAny(result, Task.Delay(Interval, cancellation)) != result)
            await diary.LookAsync(cancellation);
        var done = await result;
        await diary.LookAsync(cancellation);
        return (done, diary._changes);
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        var seconds = Stopwatch.GetElapsedTime(_began).TotalSeconds;
        ClusterTopology now;
        try
        {
            now = await _read(cancellation);
        }
        catch (BenchmarkException silent)
        {
            _changes.Add($"{seconds:F0} s: {silent.Message}");
            return;
        }

        foreach (var before in _known.Nodes)
            if (now.Find(before.Id) is var node && node?.Epoch != before.Epoch)
                _changes.Add($"{seconds:F0} s: {before.Name} went from epoch {before.Epoch} to {node?.Epoch.ToString() ?? "nothing"}");
        _known = now;
    }
}
