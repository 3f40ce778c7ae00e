using Microsoft.Extensions.Logging;

namespace KvCluster.Client.Diagnostics;

/// <summary>Every line that the client logs. Event ids are stable.</summary>
internal static partial class ClientLog
{
    [LoggerMessage(1, LogLevel.Debug, "{Server} gave no topology: {Reason}")]
    public static partial void TopologyServerFailed(ILogger logger, string server, string reason);

    [LoggerMessage(2, LogLevel.Information, "Topology version {Version}, {Nodes} nodes")]
    public static partial void TopologyChanged(ILogger logger, long version, int nodes);

    [LoggerMessage(3, LogLevel.Warning, "{Server} is inactive: {Reason}")]
    public static partial void ServerInactive(ILogger logger, string server, string reason);

    [LoggerMessage(4, LogLevel.Information, "{Server} is active again")]
    public static partial void ServerActive(ILogger logger, string server);
}
