using System.Globalization;
using KvCluster.Client;
using Microsoft.Extensions.Hosting;

namespace KvCluster.Sample;

/// <summary>Writers that go round their own keys for ever: each value is a number that only grows, and before the next one is written the last is read again.</summary>
/// <remarks>The client library routes, waits through failovers and repeats by itself; nothing here knows that there is more than one server.</remarks>
internal sealed class LoadWriter(KvClusterClient store, WriteLedger ledger) : BackgroundService
{
    private const int Writers = 8;
    private const int KeysOfAWriter = 64;
    private static readonly TimeSpan Think = TimeSpan.FromMilliseconds(2);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => WriteAsync(writer, stoppingToken)));

    private async Task WriteAsync(int writer, CancellationToken stop)
    {
        // A second run must not take the first one's values for its own.
        var run = Guid.NewGuid().ToString("N")[..8];
        for (long number = 1; !stop.IsCancellationRequested; number++)
        {
            var key = $"load/{run}/{writer}/{number % KeysOfAWriter}";
            try
            {
                await VerifyAsync(key, stop);
                await PutAsync(key, number, stop);
                await Task.Delay(Think, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task VerifyAsync(string key, CancellationToken stop)
    {
        if (ledger.ExpectedOf(key) is null) return;
        try
        {
            var read = await store.GetAsync(key, cancellationToken: stop);
            ledger.OnRead(key, read.Found ? long.Parse(read.Text, CultureInfo.InvariantCulture) : null);
        }
        catch (KvClusterException)
        {
            ledger.OnFailedRead();
        }
    }

    private async Task PutAsync(string key, long number, CancellationToken stop)
    {
        try
        {
            await store.PutAsync(key, number.ToString(CultureInfo.InvariantCulture), cancellationToken: stop);
            ledger.OnAcknowledged(key, number);
        }
        catch (KvOutcomeUnknownException)
        {
            ledger.OnUnknown(key, number);
        }
        catch (KvClusterException)
        {
            ledger.OnRefused();
        }
    }
}
