using KvCluster.Core.Replication;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Node.Control;
using KvCluster.Node.Options;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Host;

/// <summary>What a server does between the request to stop and the closing of its port: it gives its node away.</summary>
/// <remarks>
/// Readiness is false from the request on (<see cref="ReadinessCheck"/>). A main hands its node over while its HTTP port still answers: the
/// master, which may be this very process, has to grant it, and clients that come late are redirected instead of finding nobody. The node goes
/// to the replica alone, because this server acknowledges nothing any more; so no write ever waits for it. Where no replica can take over the
/// server stops all the same: the data is on its disk, and nobody else may serve it.
/// Afterwards the delay of the options passes, for balancers that learn late, and then the host drains the port and closes the data.
/// </remarks>
internal sealed partial class Departure(KvNodeOptions options, ServerHost host, TopologyHolder holder, ILogger<Departure> logger) : IHostedLifecycleService
{
    /// <summary>Longer than the core takes to give a hand-over up by itself at the default beacon.</summary>
    private static readonly TimeSpan HandOverPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(20);

    /// <summary>How long all of it may take, the delay not counted; what is still under way then is cut off.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        LogLeaving(logger, options.Name);
        if (host.Data is { } data) await HandOverAsync(data, cancellationToken);
        await Task.Delay(TimeSpan.FromMilliseconds(options.ShutdownDelayMilliseconds), cancellationToken);
    }

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        LogLeft(logger, options.Name);
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task HandOverAsync(DataServer data, CancellationToken cancellation)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (holder.OwnNode is { InSync.Length: > 1 } node && node.Main == holder.Self && data.FailureReason is null)
        {
            var refusal = await TryHandOverAsync(data, cancellation);
            var took = TimeProvider.System.GetElapsedTime(began);
            if (refusal == Refusal.None)
            {
                data.Withdraw();
                LogHandedOver(logger, node.Name, (long)took.TotalMilliseconds);
                return;
            }

            // A change of the in-sync set may be under way, or the replica's connection new: both pass within a beacon or two.
            if (took > HandOverPatience || cancellation.IsCancellationRequested)
            {
                LogNotHandedOver(logger, node.Name, refusal);
                return;
            }

            await Task.Delay(RetryPause, CancellationToken.None);
        }
    }

    private static async Task<Refusal> TryHandOverAsync(DataServer data, CancellationToken cancellation)
    {
        var (token, task) = data.Waiting.Add();
        if (!data.Post(new HandOverRequested(token, IsLeaving: true))) data.Waiting.Refuse(token, Refusal.NotReady);
        await using var late = cancellation.Register(() => data.Waiting.Refuse(token, Refusal.Unknown));
        using var deadline = new Timer(_ => data.Waiting.Refuse(token, Refusal.Unknown), null, HandOverPatience, Timeout.InfiniteTimeSpan);
        return (await task).Refusal;
    }

    [LoggerMessage(1010, LogLevel.Information, "{Name} was asked to stop: not ready from now on.")]
    private static partial void LogLeaving(ILogger logger, string name);

    [LoggerMessage(1011, LogLevel.Information, "Handed node {Node} over in {Milliseconds} ms.")]
    private static partial void LogHandedOver(ILogger logger, string node, long milliseconds);

    [LoggerMessage(1012, LogLevel.Warning, "Node {Node} could not be handed over ({Refusal}): its replica will take over by itself after the grace period.")]
    private static partial void LogNotHandedOver(ILogger logger, string node, Refusal refusal);

    [LoggerMessage(1013, LogLevel.Information, "{Name} has stopped; everything is closed.")]
    private static partial void LogLeft(ILogger logger, string name);
}
