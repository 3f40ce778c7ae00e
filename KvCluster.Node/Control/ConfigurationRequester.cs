using KvCluster.Core.Master;
using KvCluster.Protocol.Contracts;

namespace KvCluster.Node.Control;

/// <summary>Carries a request for the node's next configuration to the master. The answer is a newer topology; the core repeats what got none.</summary>
internal sealed partial class ConfigurationRequester(TopologyHolder holder, Master master, ControlHttp http, ILogger<ConfigurationRequester> logger)
{
    public void Request(ConfigurationChange change) => ThreadPool.QueueUserWorkItem(_ => _ = RequestAsync(change));

    private async Task RequestAsync(ConfigurationChange change)
    {
        if (holder.Current is not { } current || current.FindServer(current.Master) is not { } target) return;
        LogAsking(logger, change.Kind, change.Node.Value, change.ExpectedEpoch.Value);
        if (holder.IsMaster)
        {
            var decision = await master.DecideAsync(change.RequestId, topology => NodeConfigurations.Change(topology, change), CancellationToken.None);
            if (decision.IsRefused) LogRefused(logger, change.Kind, decision.Detail ?? "");
            return;
        }

        var answer = await http.ChangeAsync(target.Http, current.ClusterId, change, CancellationToken.None);
        if (answer.Value is not { } value) return;
        if (!value.Granted) LogRefused(logger, change.Kind, value.Reason ?? "");
        holder.TryAdopt(value.Topology);
    }

    [LoggerMessage(3010, LogLevel.Information, "Asking for {Kind} of node {Node} in epoch {Epoch}.")]
    private static partial void LogAsking(ILogger logger, ConfigurationChangeKind kind, int node, long epoch);

    [LoggerMessage(3011, LogLevel.Information, "{Kind} was refused: {Reason}")]
    private static partial void LogRefused(ILogger logger, ConfigurationChangeKind kind, string reason);
}
