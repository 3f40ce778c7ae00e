using KvCluster.Protocol.Identity;
using Microsoft.Extensions.Logging;

namespace KvCluster.Client.Diagnostics;

/// <summary>Every line that the client logs. Event ids are stable.</summary>
internal static partial class ClientLog
{
    [LoggerMessage(1, LogLevel.Debug, "{Server} did not answer {Target}: {Reason}")]
    public static partial void QuestionFailed(ILogger logger, string server, string target, string reason);

    [LoggerMessage(2, LogLevel.Information, "Topology version {Version}, {Nodes} nodes")]
    public static partial void TopologyChanged(ILogger logger, long version, int nodes);

    [LoggerMessage(3, LogLevel.Warning, "{Server} is inactive: {Reason}")]
    public static partial void ServerInactive(ILogger logger, string server, string reason);

    [LoggerMessage(4, LogLevel.Information, "{Server} is active again")]
    public static partial void ServerActive(ILogger logger, string server);

    [LoggerMessage(5, LogLevel.Warning, "Service discovery found no server by the name {ServiceName}")]
    public static partial void DiscoveryFailed(ILogger logger, string serviceName, Exception exception);

    [LoggerMessage(6, LogLevel.Error, "Refused a topology of cluster {Offered}: this client belongs to cluster {Known}")]
    public static partial void StrangeCluster(ILogger logger, ClusterId offered, ClusterId known);

    [LoggerMessage(7, LogLevel.Debug, "{Server} tells of no more topologies: {Reason}")]
    public static partial void WatchEnded(ILogger logger, string server, string reason);
}
