namespace KvCluster.Hosting.Plan;

/// <summary>Ports counted up from a base that the user chose: 7000, 7010, 7020 ... for HTTP, the next two of each ten for peers
/// and Redis.</summary>
internal sealed class SequentialPorts(int basePort) : IPortSource
{
    private const int PortsPerServer = 10;

    /// <summary>The highest port that a plan with so many servers takes.</summary>
    public static int LastPort(int basePort, int servers) => basePort + (PortsPerServer * (servers - 1)) + 2;

    public ServerPorts PortsOf(string serverName, int position)
    {
        var http = basePort + (PortsPerServer * position);
        return new ServerPorts(http, http + 1, http + 2);
    }
}
