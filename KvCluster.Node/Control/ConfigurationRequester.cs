using KvCluster.Core.Master;
using KvCluster.Core.Replication;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Control;

/// <summary>
/// Brings a request for the node's next configuration about: the master decides, and where it does not answer, this server by the same
/// rules. The register makes it safe, not the master. The answer is a newer topology; the core repeats what got none.
/// </summary>
internal sealed partial class ConfigurationRequester(TopologyHolder holder, Master master, ControlHttp http, ILogger<ConfigurationRequester> logger)
{
    // The node stands still meanwhile. A master that is only slow is not hurt by a server that does without it.
    private static readonly TimeSpan MasterPatience = TimeSpan.FromMilliseconds(300);

    private readonly Lock _gate = new();
    private (ConfigurationChange Change, ChangeReason Reason)? _running;
    private (ConfigurationChange Change, ChangeReason Reason)? _next;

    /// <summary>One request at a time: a repetition of the one under way is dropped, and of others only the newest waits.</summary>
    public void Request(ConfigurationChange change, ChangeReason reason)
    {
        lock (_gate)
        {
            if (_running?.Change.RequestId == change.RequestId) return;
            _next = (change, reason);
            if (_running is not null) return;
            _running = _next;
        }

        ThreadPool.QueueUserWorkItem(_ => _ = RunAsync());
    }

    private async Task RunAsync()
    {
        while (true)
        {
            (ConfigurationChange Change, ChangeReason Reason) next;
            lock (_gate)
            {
                _running = _next;
                if (_next is null) return;
                (next, _next) = (_next.Value, null);
            }

            try
            {
                await RequestAsync(next.Change, next.Reason);
            }
            catch (ObjectDisposedException)
            {
                // The server has stopped meanwhile.
                return;
            }
            catch (Exception failure)
            {
                // Border: a request that ended in nothing is repeated by the core; one that stopped all later ones would not be.
                LogFailed(logger, next.Change.Kind, failure);
            }
        }
    }

    private async Task RequestAsync(ConfigurationChange change, ChangeReason reason)
    {
        if (holder.Current is not { } current) return;
        LogAsking(logger, change.Kind, change.Node.Value, change.ExpectedEpoch.Value, reason);
        if (MasterToAsk(current, change) is { } target && await AskAsync(target, current.ClusterId, change) is { } answer)
        {
            if (!answer.Granted) LogRefused(logger, change.Kind, answer.Reason ?? "");
            holder.TryAdopt(answer.Topology);
            return;
        }

        var decision = await master.DecideAsync(change.RequestId, topology => NodeConfigurations.Change(topology, change), CancellationToken.None);
        if (decision.IsRefused) LogRefused(logger, change.Kind, decision.Detail ?? "");
    }

    // Whoever takes over from the master's server need not ask it.
    private ServerInfo? MasterToAsk(ClusterTopology current, ConfigurationChange change) =>
        holder.IsMaster || (change.Kind == ConfigurationChangeKind.Takeover && holder.OwnNode?.Main == current.Master) ? null : current.FindServer(current.Master);

    /// <summary>The master's decision; nothing when it made none.</summary>
    private async Task<ConfigurationAnswer?> AskAsync(ServerInfo target, ClusterId cluster, ConfigurationChange change)
    {
        using var patience = new CancellationTokenSource(MasterPatience);
        try
        {
            return (await http.ChangeAsync(target.Http, cluster, change, patience.Token)).Value;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    [LoggerMessage(3010, LogLevel.Information, "Asking for {Kind} of node {Node} in epoch {Epoch}: {Reason}.")]
    private static partial void LogAsking(ILogger logger, ConfigurationChangeKind kind, int node, long epoch, ChangeReason reason);

    [LoggerMessage(3012, LogLevel.Error, "{Kind} could not be asked for.")]
    private static partial void LogFailed(ILogger logger, ConfigurationChangeKind kind, Exception failure);

    [LoggerMessage(3011, LogLevel.Information, "{Kind} was refused: {Reason}")]
    private static partial void LogRefused(ILogger logger, ConfigurationChangeKind kind, string reason);
}
