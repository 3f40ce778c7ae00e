using System.Globalization;
using System.Text.RegularExpressions;

namespace KvCluster.Tests.Processes;

/// <summary>A network that belongs to a test: each host in a network namespace of its own, joined by a bridge in one more; all of it goes with the test.</summary>
/// <remarks>
/// A link is cut in one direction by telling the sender a hardware address that nobody has: its packets leave and reach no one, and nothing is
/// refused, as with a cable that is dead one way. This needs nothing but <c>ip</c>: no packet filter and no kernel module beyond the bridge.
/// </remarks>
internal sealed class TestNetwork : IDisposable
{
    private const string Nobody = "02:00:00:00:ff:ff";
    private const string Device = "v0";
    private readonly string _name = $"kvt{Guid.NewGuid().ToString("N")[..6]}";
    private readonly List<string> _namespaces = [];
    private readonly List<string> _hosts = [];
    private readonly HashSet<(string From, string To)> _cuts = [];
    private readonly HashSet<string> _choked = [];

    public static TestNetwork Create(IEnumerable<string> hosts)
    {
        Prerequisites.RequireRoot();
        Prerequisites.RequireTool("ip");
        var network = new TestNetwork();
        try
        {
            network.AddSwitch();
            foreach (var host in hosts) network.AddHost(host);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    public string AddressOf(string host) => string.Create(CultureInfo.InvariantCulture, $"10.202.0.{NumberOf(host)}");
    public string NamespaceOf(string host) => _namespaces[NumberOf(host)];

    /// <summary>Nothing that <paramref name="from"/> sends reaches <paramref name="to"/> any more.</summary>
    public void CutOneWay(string from, string to)
    {
        _cuts.Add((from, to));
        Tell(from, to, Nobody);
    }

    public void Cut(string one, string other)
    {
        CutOneWay(one, other);
        CutOneWay(other, one);
    }

    /// <summary>What <paramref name="host"/> sends goes out slowly, and what does not fit into a short queue is lost.</summary>
    public void Choke(string host)
    {
        Prerequisites.RequireTool("tc");
        SystemCommand.Run("tc", "-n", NamespaceOf(host), "qdisc", "replace", "dev", Device, "root", "tbf", "rate", "512kbit", "burst", "2kb", "limit", "4kb");
        _choked.Add(host);
    }

    /// <summary>Packets of a choked host that were lost so far.</summary>
    public long Dropped(string host)
    {
        var (_, printed) = SystemCommand.TryRun("tc", "-n", NamespaceOf(host), "-s", "qdisc", "show", "dev", Device);
        return Regex.Match(printed, @"dropped (\d+)") is { Success: true } match ? long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>Everybody reaches everybody again, as fast as ever.</summary>
    public void Heal()
    {
        foreach (var host in _choked) SystemCommand.Run("tc", "-n", NamespaceOf(host), "qdisc", "del", "dev", Device, "root");
        _choked.Clear();
        foreach (var (from, to) in _cuts) Tell(from, to, HardwareAddressOf(to));
        _cuts.Clear();
    }

    public void Dispose()
    {
        foreach (var name in _namespaces) SystemCommand.Run("ip", "netns", "del", name);
    }

    private string Switch => _namespaces[0];
    private int NumberOf(string host) => _hosts.IndexOf(host) is >= 0 and var place ? place + 1 : throw new ArgumentException($"No host {host}.");
    private string HardwareAddressOf(string host) => string.Create(CultureInfo.InvariantCulture, $"02:00:00:00:00:{NumberOf(host):x2}");

    private void Tell(string from, string to, string hardwareAddress) =>
        SystemCommand.Run("ip", "-n", NamespaceOf(from), "neigh", "replace", AddressOf(to), "lladdr", hardwareAddress, "dev", Device, "nud", "permanent");

    private void AddSwitch()
    {
        var name = $"{_name}-sw";
        var (exitCode, printed) = SystemCommand.TryRun("ip", "netns", "add", name);
        if (exitCode != 0) Prerequisites.Missing($"No network namespace can be made here: {printed.Trim()}");
        _namespaces.Add(name);
        (exitCode, printed) = SystemCommand.TryRun("ip", "-n", name, "link", "add", "br0", "type", "bridge");
        if (exitCode != 0) Prerequisites.Missing($"No bridge can be made here: {printed.Trim()}");
        SystemCommand.Run("ip", "-n", name, "link", "set", "br0", "up");
    }

    private void AddHost(string host)
    {
        _hosts.Add(host);
        var name = string.Create(CultureInfo.InvariantCulture, $"{_name}-{NumberOf(host)}");
        var port = string.Create(CultureInfo.InvariantCulture, $"s{NumberOf(host)}");
        SystemCommand.Run("ip", "netns", "add", name);
        _namespaces.Add(name);
        SystemCommand.Run("ip", "-n", Switch, "link", "add", port, "type", "veth", "peer", "name", Device, "netns", name);
        SystemCommand.Run("ip", "-n", Switch, "link", "set", port, "master", "br0", "up");
        SystemCommand.Run("ip", "-n", name, "link", "set", Device, "address", HardwareAddressOf(host));
        SystemCommand.Run("ip", "-n", name, "addr", "add", $"{AddressOf(host)}/24", "dev", Device);
        SystemCommand.Run("ip", "-n", name, "link", "set", Device, "up");
        SystemCommand.Run("ip", "-n", name, "link", "set", "lo", "up");
    }
}
