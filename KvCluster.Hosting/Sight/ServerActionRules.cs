using KvCluster.Protocol.Contracts;

namespace KvCluster.Hosting.Sight;

/// <summary>Which action makes sense for a server in the state it is seen in. The cluster decides again when it is asked: this only keeps
/// users from asking in vain.</summary>
internal static class ServerActionRules
{
    /// <param name="action">What the user could ask for.</param>
    /// <param name="process">What is known of the process.</param>
    /// <param name="server">What the cluster says of the server; none before its first word.</param>
    /// <param name="hasSuccessor">Whether the node has another server in sync.</param>
    public static bool IsAllowed(ServerAction action, ServerProcessState process, ServerStatus? server, bool hasSuccessor) => action switch
    {
        ServerAction.HandOver => process == ServerProcessState.Running && server is { State: ServerState.Main } && hasSuccessor,
        ServerAction.Kill => process is ServerProcessState.Running or ServerProcessState.Paused,
        ServerAction.Pause => process == ServerProcessState.Running,
        ServerAction.Resume => process == ServerProcessState.Paused,
        ServerAction.PutBack => process == ServerProcessState.Ended,
        _ => true,
    };
}
