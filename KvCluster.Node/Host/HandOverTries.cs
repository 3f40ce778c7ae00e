using KvCluster.Core.Replication;

namespace KvCluster.Node.Host;

/// <summary>Tries to give a node away until somebody has it, nobody has to any more, or the time is over.</summary>
internal static class HandOverTries
{
    /// <summary>For all tries together. Longer than the core takes to give one up by itself at the default beacon.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <param name="isOwed">This server still leads a node that another one could lead.</param>
    /// <param name="tryOnce">Ends when its token does.</param>
    /// <returns>How the last try ended; nothing when there was none to make.</returns>
    public static async Task<Refusal?> RunAsync(Func<bool> isOwed, Func<CancellationToken, Task<Refusal>> tryOnce, TimeProvider time, CancellationToken stopping)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stopping);
        while (isOwed())
        {
            var refusal = await tryOnce(over.Token);
            if (refusal == Refusal.None || over.IsCancellationRequested) return refusal;

            // A change of the in-sync set may be under way, or the replica's connection new: both pass within a beacon or two.
            await Task.Delay(Pause, time, CancellationToken.None);
        }

        return null;
    }
}
