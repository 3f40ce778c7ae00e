using System.Net;
using System.Net.Sockets;
using KvCluster.Hosting.Machine;
using KvCluster.Hosting.Plan;
using KvCluster.Tests.AppHost;
using Xunit;

namespace KvCluster.Tests.Hosting.Machine;

public sealed class RememberedPortsTests
{
    [Fact]
    public void PortsOf_AfterARestart_GivesTheSamePorts()
    {
        using var folder = new TemporaryFolder();

        var before = PortsOf(folder, "kv-master", "kv-slave-1");
        var after = PortsOf(folder, "kv-slave-1", "kv-master");

        Assert.Equal(before["kv-master"], after["kv-master"]);
        Assert.Equal(before["kv-slave-1"], after["kv-slave-1"]);
    }

    [Fact]
    public void PortsOf_ServerLeftOutOnce_IsStillRemembered()
    {
        using var folder = new TemporaryFolder();

        var before = PortsOf(folder, "kv-master", "kv-slave-1");
        PortsOf(folder, "kv-master");

        Assert.Equal(before["kv-slave-1"], PortsOf(folder, "kv-slave-1")["kv-slave-1"]);
    }

    [Fact]
    public void PortsOf_RememberedPortInUse_ChoosesOthers()
    {
        using var folder = new TemporaryFolder();
        var before = PortsOf(folder, "kv-master")["kv-master"];
        using var stranger = new TcpListener(IPAddress.Loopback, before.Peer);
        stranger.Start();

        var after = PortsOf(folder, "kv-master")["kv-master"];

        Assert.NotEqual(before.Http, after.Http);
    }

    [Fact]
    public void PortsOf_PortsOfARunningAppHost_AreNotHandedOutTwice()
    {
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();
        using var running = RememberedPorts.Open(folder.Path, TimeProvider.System);
        var kept = running.PortsOf("kv-master", 0);
        running.Save();
        File.Copy(folder.File("ports.json"), other.File("ports.json"));

        Assert.NotEqual(kept, PortsOf(other, "kv-master")["kv-master"]);
    }

    [Fact]
    public void Open_DamagedFile_TellsWhichFileToDelete()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("ports.json"), "{\"kv-master\":");

        var error = Assert.Throws<StartException>(() => RememberedPorts.Open(folder.Path, TimeProvider.System));
        Assert.StartsWith(folder.File("ports.json") + " is damaged", error.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, ServerPorts> PortsOf(TemporaryFolder folder, params string[] servers)
    {
        // The clock steps past the patience with a port that is still in use.
        using var ports = RememberedPorts.Open(folder.Path, new SteppingTime(TimeSpan.FromSeconds(10)));
        var result = servers
            .Select((server, position) => (Server: server, Ports: ports.PortsOf(server, position)))
            .ToDictionary(entry => entry.Server, entry => entry.Ports);
        ports.Save();
        return result;
    }
}
