using System.Net;
using System.Net.Sockets;
using KvCluster.Hosting.Plan;

namespace KvCluster.Hosting.Machine;

/// <summary>A server's ports, kept from other AppHosts of this user until the server listens on them and for as long as the
/// AppHost lives.</summary>
/// <remarks>
/// That a port is free when it is chosen says nothing about the moment, a second later, when the server opens it. Other programs
/// seldom use this range; other AppHosts that start at the same time do, and they respect the lock file.
/// </remarks>
internal sealed class PortReservation : IDisposable
{
    /// <summary>Below the range from which systems take the ports of outgoing connections (32768 and up on Linux).</summary>
    private const int FirstPort = 10_000;
    private const int LastPort = 32_767;
    private const int PortsPerServer = 4;
    private const int AttemptsMax = 1_000;
    private readonly FileStream _lock;

    private PortReservation(ServerPorts ports, FileStream lockFile)
    {
        Ports = ports;
        _lock = lockFile;
    }

    public ServerPorts Ports { get; }

    /// <summary>Free ports of its choice.</summary>
    public static PortReservation TakeAny()
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            var block = Random.Shared.Next((LastPort - FirstPort + 1) / PortsPerServer);
            var http = FirstPort + (block * PortsPerServer);
            if (TryTake(new ServerPorts(http, http + 1, http + 2)) is { } reservation)
                return reservation;
        }

        throw new StartException($"No free ports found between {FirstPort} and {LastPort}.");
    }

    /// <summary>None when one of the ports is in use or kept by another AppHost.</summary>
    public static PortReservation? TryTake(ServerPorts ports)
    {
        if (!IsFree(ports.Http) || !IsFree(ports.Peer) || !IsFree(ports.Resp))
            return null;
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"kvcluster-ports-{Environment.UserName}"));
        try
        {
            var file = Path.Combine(folder.FullName, $"{ports.Http}.lock");
            return new PortReservation(ports, new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            return null;
        }
    }

    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Parse(ClusterPlan.Host), port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public void Dispose() => _lock.Dispose();
}
