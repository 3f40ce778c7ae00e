using System.Globalization;
using KvCluster.Hosting.Plan;
using KvCluster.Tests.AppHost;
using KvCluster.Tests.Processes;

namespace KvCluster.Tests.Hosting;

/// <summary>The place of one server: ports, a folder, and an environment that a test may spoil.</summary>
internal sealed class SingleServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ReservedPorts _ports = new();
    private readonly List<ServerRun> _runs = [];

    public SingleServer()
    {
        DataDirectory = _folder.File("data");
        Environment = new Dictionary<string, string>
        {
            [ServerEnvironment.Name] = "single",
            [ServerEnvironment.DataDirectory] = DataDirectory,
            [ServerEnvironment.Bootstrap] = "true",
        };
        Move();
    }

    public ServerPorts Ports { get; private set; }
    public Uri Url => new($"http://{ClusterPlan.Host}:{Ports.Http}");
    public string DataDirectory { get; }
    public Dictionary<string, string> Environment { get; }
    public string File(string name) => Path.Combine(DataDirectory, name);

    /// <summary>Gives it another address for its next run.</summary>
    public void Move()
    {
        Ports = _ports.Take();
        Environment[ServerEnvironment.HttpPort] = Ports.Http.ToString(CultureInfo.InvariantCulture);
        Environment[ServerEnvironment.PeerPort] = Ports.Peer.ToString(CultureInfo.InvariantCulture);
    }

    /// <param name="under">The command that becomes the server.</param>
    public ServerRun Start(IReadOnlyList<string>? under = null)
    {
        _runs.Add(ServerRun.Start(Environment, under));
        return _runs[^1];
    }

    /// <summary>A run that made a cluster of its own and ended well, so that its folder can be spoiled.</summary>
    public async Task CreateClusterAsync()
    {
        var run = Start();
        await run.WaitUntilHealthyAsync(Url);
        Assert.Equal(0, await run.StopAsync(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var run in _runs) await run.DisposeAsync();
        _ports.Dispose();
        _folder.Dispose();
    }
}
