using KvCluster.Client;

namespace KvCluster.Tests.Client;

/// <summary>Callers that increment one counter as fast as they are answered. An exception in one of them ends every wait for progress.</summary>
internal sealed class CountingLoad : IAsyncDisposable
{
    private const int Callers = 8;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _answered = new(0);
    private readonly Task _callers;
    private int _count;

    public CountingLoad(KvClusterClient client, KvKey key) =>
        _callers = Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(() => CallAsync(client, key))));

    /// <summary>Waits for so many more answers.</summary>
    public async Task ProgressAsync(int answers)
    {
        for (var i = 0; i < answers; i++)
        {
            var answered = _answered.WaitAsync(TestContext.Current.CancellationToken);
            if (await Task.WhenAny(answered, _callers) == _callers) await _callers;
            await answered;
        }
    }

    /// <returns>How many calls were answered.</returns>
    public async Task<int> StopAsync()
    {
        await _stop.CancelAsync();
        await _callers;
        return _count;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _callers.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _answered.Dispose();
    }

    private async Task CallAsync(KvClusterClient client, KvKey key)
    {
        while (!_stop.IsCancellationRequested)
        {
            await client.IncrementAsync(key);
            Interlocked.Increment(ref _count);
            _answered.Release();
        }
    }
}
