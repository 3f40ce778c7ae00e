using k8s.Autorest;

namespace KvCluster.Node.Control.Kubernetes;

/// <summary>
/// Has the API server tell of each change of the topology's ConfigMap, so that a server learns of it also when no other server tells it. It
/// only brings what is decided anyway; without it the server learns later.
/// </summary>
/// <remarks>
/// It reads the map and watches it from the version it read. Whatever ends the watch (its length, a broken stream, 410 because that version is
/// forgotten) leads back to reading, after a pause that grows while nothing goes well: where watching is refused, that pause is the poll.
/// </remarks>
internal sealed partial class KubernetesWatch(ConfigMapClient map, TopologyHolder holder, ILogger<KubernetesWatch> logger) : IRegisterWatch
{
    private static readonly TimeSpan ReadMax = TimeSpan.FromSeconds(3);

    // The server ends the stream after so long by itself. A stream that has died without a word is given up a little later.
    private static readonly TimeSpan WatchMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(2);
    private string _said = "";

    /// <summary>How often the map was read to begin a watch.</summary>
    public int Readings { get; private set; }

    public async Task RunAsync(CancellationToken stopping)
    {
        for (var pause = PauseMin; ; pause = TimeSpan.FromTicks(Math.Min(PauseMax.Ticks, pause.Ticks * 2)))
        {
            if (await ReadAsync(stopping) is { } version && await TryWatchAsync(version, stopping)) pause = PauseMin;
            await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), stopping);
        }
    }

    private async Task<string?> ReadAsync(CancellationToken stopping)
    {
        using var end = new CancellationTokenSource(ReadMax);
        Readings++;
        var (_, found) = await map.ReadAsync(end.Token, stopping);
        if (found is not null) Adopt(found);
        return found?.Metadata?.ResourceVersion;
    }

    /// <returns>True when the watch went as it should: it told of something, or lasted as long as it was meant to.</returns>
    private async Task<bool> TryWatchAsync(string version, CancellationToken stopping)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        end.CancelAfter(WatchMax + Leeway);
        var begun = TimeProvider.System.GetTimestamp();
        var hasHeard = false;
        try
        {
            await foreach (var changed in map.WatchAsync(version, WatchMax, end.Token))
            {
                hasHeard = true;
                Adopt(changed);
            }
        }
        catch (Exception ended) when (ended is HttpOperationException || RegisterFailure.IsTrouble(ended, stopping))
        {
            if (ended.Message != _said) LogEnded(logger, _said = ended.Message);
        }

        return hasHeard || TimeProvider.System.GetElapsedTime(begun) > WatchMax / 2;
    }

    private void Adopt(k8s.Models.V1ConfigMap found)
    {
        if (ConfigMapClient.Document(found) is (true, { } document)) holder.TryAdopt(document);
    }

    [LoggerMessage(3080, LogLevel.Information, "The watch on the topology's ConfigMap has ended, and begins anew: {Reason}")]
    private static partial void LogEnded(ILogger logger, string reason);
}
