using System.Diagnostics;
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
/// Each of these has its own bound, and <see cref="StopLimit"/> bounds them together with whatever nobody thought of.
/// </remarks>
internal sealed partial class Departure(KvNodeOptions options, ServerHost host, TopologyHolder holder, StopLimit limit, ILogger<Departure> logger) : IHostedLifecycleService
{
    /// <summary>For the hand-over and the requests under way, the delay not counted; what is still under way then is cut off.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3.25);
    private long _began;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _began = Stopwatch.GetTimestamp();
        limit.Begin();
        LogLeaving(logger, options.Name);
        if (host.Data is { } data) await HandOverAsync(data, cancellationToken);
        await Task.Delay(TimeSpan.FromMilliseconds(options.ShutdownDelayMilliseconds), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        LogLeft(logger, options.Name, (long)Stopwatch.GetElapsedTime(_began).TotalMilliseconds);
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task HandOverAsync(DataServer data, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        var node = holder.OwnNode?.Name ?? "";
        var refusal = await HandOverTries.RunAsync(
            () => holder.OwnNode is { InSync.Length: > 1 } own && own.Main == holder.Self && data.FailureReason is null,
            deadline => TryHandOverAsync(data, deadline),
            TimeProvider.System,
            cancellation);
        var milliseconds = (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        if (refusal == Refusal.None)
        {
            data.Withdraw();
            LogHandedOver(logger, node, milliseconds);
        }
        else if (refusal is { } reason)
        {
            LogNotHandedOver(logger, node, milliseconds, reason);
        }
    }

    private static async Task<Refusal> TryHandOverAsync(DataServer data, CancellationToken deadline)
    {
        var (token, task) = data.Waiting.Add();
        if (!data.Post(new HandOverRequested(token, IsLeaving: true))) data.Waiting.Refuse(token, Refusal.NotReady);
        await using var late = deadline.Register(() => data.Waiting.Refuse(token, Refusal.Unknown));
        return (await task).Refusal;
    }

    [LoggerMessage(1010, LogLevel.Information, "{Name} was asked to stop: not ready from now on.")]
    private static partial void LogLeaving(ILogger logger, string name);

    [LoggerMessage(1011, LogLevel.Information, "Handed node {Node} over in {Milliseconds} ms.")]
    private static partial void LogHandedOver(ILogger logger, string node, long milliseconds);

    [LoggerMessage(1012, LogLevel.Warning, "Node {Node} could not be handed over in {Milliseconds} ms ({Refusal}): its replica will take over by itself after the grace period.")]
    private static partial void LogNotHandedOver(ILogger logger, string node, long milliseconds, Refusal refusal);

    [LoggerMessage(1013, LogLevel.Information, "{Name} has stopped after {Milliseconds} ms; everything is closed.")]
    private static partial void LogLeft(ILogger logger, string name, long milliseconds);
}
