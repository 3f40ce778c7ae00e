namespace KvCluster.Hosting.Plan;

/// <summary>Says on which ports a planned server listens.</summary>
internal interface IPortSource
{
    /// <param name="serverName">Name of the server, such as <c>kv-slave-1-replica</c>.</param>
    /// <param name="position">Its place in the plan, counted from 0 and without gaps.</param>
    ServerPorts PortsOf(string serverName, int position);
}
