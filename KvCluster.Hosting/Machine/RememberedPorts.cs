using System.Text.Json;
using KvCluster.Hosting.Plan;

namespace KvCluster.Hosting.Machine;

/// <summary>Free ports, chosen once for a data folder and kept in it, so that a restarted cluster has its old addresses while
/// they are free.</summary>
internal sealed class RememberedPorts : IPortSource, IDisposable
{
    private const string FileName = "ports.json";

    /// <summary>The servers of an AppHost that was killed may still be closing; they have six seconds for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(100);
    private readonly string _file;
    private readonly TimeProvider _time;
    private readonly long _opened;
    private readonly Dictionary<string, ServerPorts> _remembered;
    private readonly Dictionary<string, PortReservation> _taken = [];

    private RememberedPorts(string file, Dictionary<string, ServerPorts> remembered, TimeProvider time)
    {
        _file = file;
        _remembered = remembered;
        _time = time;
        _opened = time.GetTimestamp();
    }

    /// <exception cref="StartException">The file in the folder cannot be understood.</exception>
    public static RememberedPorts Open(string dataDirectory, TimeProvider time)
    {
        var file = Path.Combine(dataDirectory, FileName);
        if (!File.Exists(file))
            return new RememberedPorts(file, [], time);
        try
        {
            using var stream = File.OpenRead(file);
            var remembered = JsonSerializer.Deserialize(stream, PortsJson.Default.DictionaryStringServerPorts);
            return new RememberedPorts(file, remembered ?? [], time);
        }
        catch (JsonException error)
        {
            throw new StartException($"{file} is damaged ({error.Message}). Delete it to have new ports chosen.");
        }
    }

    public ServerPorts PortsOf(string serverName, int position)
    {
        if (_taken.TryGetValue(serverName, out var reservation))
            return reservation.Ports;
        reservation = (_remembered.TryGetValue(serverName, out var before) ? Retake(before) : null) ?? PortReservation.TakeAny();
        _taken[serverName] = reservation;
        return reservation.Ports;
    }

    /// <summary>Remembers the ports that were handed out, and still those of servers that this run does not start.</summary>
    public void Save()
    {
        foreach (var (server, reservation) in _taken)
            _remembered[server] = reservation.Ports;
        AtomicFile.Write(_file, JsonSerializer.SerializeToUtf8Bytes(_remembered, PortsJson.Default.DictionaryStringServerPorts));
    }

    public void Dispose()
    {
        foreach (var reservation in _taken.Values)
            reservation.Dispose();
    }

    private PortReservation? Retake(ServerPorts ports)
    {
        while (true)
        {
            if (PortReservation.TryTake(ports) is { } reservation)
                return reservation;
            if (_time.GetElapsedTime(_opened) >= Patience)
                return null;
            Thread.Sleep(RetryInterval);
        }
    }
}
