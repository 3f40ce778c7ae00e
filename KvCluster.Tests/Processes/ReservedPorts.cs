using KvCluster.Hosting.Machine;
using KvCluster.Hosting.Plan;

namespace KvCluster.Tests.Processes;

/// <summary>Free ports, kept for as long as the test runs.</summary>
internal sealed class ReservedPorts : IPortSource, IDisposable
{
    private readonly List<PortReservation> _taken = [];
    private readonly Dictionary<string, ServerPorts> _named = [];

    public ServerPorts Take()
    {
        _taken.Add(PortReservation.TakeAny());
        return _taken[^1].Ports;
    }

    public ServerPorts PortsOf(string serverName, int position) =>
        _named.TryGetValue(serverName, out var ports) ? ports : _named[serverName] = Take();

    public void Dispose()
    {
        foreach (var reservation in _taken) reservation.Dispose();
    }
}
