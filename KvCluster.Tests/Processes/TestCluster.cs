using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using KvCluster.Client;
using KvCluster.Hosting.Plan;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Topology;
using KvCluster.Tests.AppHost;
using Microsoft.Extensions.Logging.Abstractions;

namespace KvCluster.Tests.Processes;

/// <summary>A cluster of real server processes on this machine. Tests kill, halt and restart its servers by name and wait for what the cluster says of itself.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollPause = TimeSpan.FromMilliseconds(50);
    private const int PrintedMax = 3_000;
    private readonly TemporaryFolder _folder = new();
    private readonly ReservedPorts _ports = new();
    private ServerPlan[] _servers;
    private readonly Dictionary<string, ServerRun> _runs = [];
    private readonly Dictionary<string, MemoryDisk> _disks = [];
    private readonly HttpClient _http;
    private readonly IReadOnlyDictionary<string, string> _extra;

    private TestCluster(ClusterPlanOptions options, IReadOnlyDictionary<string, string>? extra, bool onHosts = false)
    {
        _servers = [.. ClusterPlanBuilder.Build(options, _folder.Path, _ports).Servers];
        if (onHosts)
        {
            Network = TestNetwork.Create(_servers.Select(server => server.Name).Append(ClientHost));
            _servers = [.. _servers.Select(OnHost)];
        }

        _http = new HttpClient(ClientHandler()) { Timeout = TimeSpan.FromSeconds(10) };
        _extra = extra ?? new Dictionary<string, string>();
    }

    /// <summary>The host from which tests and their clients speak.</summary>
    public const string ClientHost = "client";

    /// <summary>The network between the hosts; none where all servers share the machine's loopback.</summary>
    public TestNetwork? Network { get; }

    /// <summary>Plain HTTP to one server, redirects not followed.</summary>
    public HttpClient Http => _http;
    public IEnumerable<ServerPlan> Plans => _servers;

    /// <summary>Starts one master node and <paramref name="slaves"/> slave nodes of two servers each, and waits until every slot is served by two copies.</summary>
    public static Task<TestCluster> StartAsync(int slaves, IReadOnlyDictionary<string, string>? extra = null) =>
        StartAsync(new ClusterPlanOptions { Slaves = slaves }, extra);

    /// <summary>Starts the servers of a plan, and waits until every slot is served by as many copies as it asks for.</summary>
    public static async Task<TestCluster> StartAsync(ClusterPlanOptions options, IReadOnlyDictionary<string, string>? extra = null)
    {
        var cluster = new TestCluster(options, extra);
        try
        {
            await cluster.HealAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The same, with the data of every server of <paramref name="node"/> on a small disk of its own.</summary>
    public static async Task<TestCluster> StartOnMemoryDisksAsync(int slaves, string node, int mebibytes, IReadOnlyDictionary<string, string>? extra = null)
    {
        var cluster = new TestCluster(new ClusterPlanOptions { Slaves = slaves }, extra);
        try
        {
            foreach (var server in cluster._servers.Where(server => server.Node == node)) cluster._disks[server.Name] = MemoryDisk.Mount(server.DataDirectory, mebibytes);
            await cluster.HealAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The same, with every server and the clients on hosts of their own.</summary>
    public static Task<TestCluster> StartOnHostsAsync(int slaves, IReadOnlyDictionary<string, string>? extra = null) =>
        StartOnHostsAsync(new ClusterPlanOptions { Slaves = slaves }, extra);

    public static async Task<TestCluster> StartOnHostsAsync(ClusterPlanOptions options, IReadOnlyDictionary<string, string>? extra = null)
    {
        var cluster = new TestCluster(options, extra, onHosts: true);
        try
        {
            await cluster.HealAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public MemoryDisk Disk(string name) => _disks[name];
    public ServerRun Run(string name) => _runs[name];
    public ServerPlan Plan(string name) => _servers.Single(server => server.Name == name);

    /// <param name="more">Configuration of this run alone.</param>
    /// <param name="isHeard">False: nobody reads what it prints.</param>
    public void Start(string name, IReadOnlyDictionary<string, string>? more = null, bool isHeard = true)
    {
        var environment = Plan(name).Environment.SetItems(_extra).SetItems(more ?? new Dictionary<string, string>());
        _runs[name] = ServerRun.Start(environment, Network is null ? null : ["ip", "netns", "exec", Network.NamespaceOf(name)], isHeard);
    }

    /// <summary>Another plan for the same cluster: servers of the same name keep their ports and folders, and who runs goes on as it was started.</summary>
    public void Replan(ClusterPlanOptions options) => _servers = [.. ClusterPlanBuilder.Build(options, _folder.Path, _ports).Servers];

    /// <summary>Starts whoever is dead, wakes whoever is halted, and waits until the cluster is whole.</summary>
    public async Task<ClusterStatus> HealAsync()
    {
        foreach (var server in _servers)
        {
            if (!_runs.TryGetValue(server.Name, out var run) || !run.IsRunning) Start(server.Name);
            else if (run.IsPaused) run.Resume();
        }

        return await WaitUntilWholeAsync();
    }

    /// <summary>
    /// Kills the main until <paramref name="replica"/> has taken its place: a replica that left the in-sync set a moment before, as on
    /// a machine that stands still it may, must not take it; then the main is started, and killed once more.
    /// </summary>
    public async Task FailOverAsync(string node, string main, string replica)
    {
        for (var attempt = 1; ; attempt++)
        {
            await WaitUntilWholeAsync();
            await Run(main).KillAsync();
            var status = await WaitAsync($"{replica} leads {node}, or may not", status => Leads(status) || MayNotLead(status));
            if (Leads(status)) return;
            Assert.True(attempt < 4, $"{replica} was out of the in-sync set {attempt} times just after it had joined it.\n{Describe(status)}");
            Start(main);
        }

        bool Leads(ClusterStatus status) => status.AllSlotsServed && NodeOf(status, node).MainServer.Name == replica;
        bool MayNotLead(ClusterStatus status) => NodeOf(status, node) is var info && !info.InSync.Any(id => info.Find(id)!.Name == replica);
    }

    public Task<ClusterStatus> WaitUntilWholeAsync() => WaitAsync("every slot is served by a main with its replica in sync", IsWhole);

    /// <summary>Polls the cluster's own status until it says what the test waits for.</summary>
    public async Task<ClusterStatus> WaitAsync(string awaited, Func<ClusterStatus, bool> condition)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        ClusterStatus? last = null;
        try
        {
            while (true)
            {
                last = await TryStatusAsync(deadline.Token) ?? last;
                if (last is not null && condition(last)) return last;
                await Task.Delay(PollPause, deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"Waited {Patience.TotalSeconds} s in vain until {awaited}.\n{Describe(last)}");
        }
    }

    /// <summary>Asks again and again until it is so.</summary>
    public static async Task PollAsync(string awaited, Func<Task<bool>> isSo)
    {
        var clock = Stopwatch.StartNew();
        while (!await isSo())
        {
            if (clock.Elapsed > Patience) throw new TimeoutException($"Waited {Patience.TotalSeconds} s in vain until {awaited}.");
            await Task.Delay(PollPause, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Main and replica of a node as the topology names them now.</summary>
    public async Task<(string Main, string Replica)> RolesAsync(string node)
    {
        var info = NodeOf(await WaitAsync($"{node} has two servers", status => NodeOf(status, node).Servers.Length == 2), node);
        return (info.MainServer.Name, info.ReplicaServer!.Name);
    }

    /// <summary>Where the master is, whoever that is by now.</summary>
    public async Task<Uri> MasterUrlAsync()
    {
        var status = await WaitAsync("there is a master", found => found.Topology.FindServer(found.Topology.Master) is not null);
        return status.Topology.FindServer(status.Topology.Master)!.Http;
    }

    /// <param name="around">What stands between the client and its connections.</param>
    public KvClusterClient Connect(Func<SocketsHttpHandler, HttpMessageHandler>? around = null)
    {
        var options = new KvClientOptions { TimeBudget = TimeSpan.FromSeconds(30) };
        foreach (var server in _servers) options.Endpoints.Add(server.Url);
        if (Network is null && around is null) return new KvClusterClient(options);
        var handler = around is null ? ClientHandler() : around(ClientHandler());
        return new KvClusterClient(options, new ClientEnvironment(TimeProvider.System, NullLoggerFactory.Instance, null, Handler: handler));
    }

    public static NodeInfo NodeOf(ClusterStatus status, string node) => status.Topology.Nodes.Single(info => info.Name == node);
    public static ServerStatus ServerOf(ClusterStatus status, string name) => status.Servers.Single(server => server.Name == name);

    public async ValueTask DisposeAsync()
    {
        foreach (var run in _runs.Values) await run.DisposeAsync();
        foreach (var disk in _disks.Values) disk.Dispose();
        Network?.Dispose();
        _http.Dispose();
        _ports.Dispose();
        _folder.Dispose();
    }

    /// <summary>kill -9, and the same server again.</summary>
    public async Task RestartAsync(string name)
    {
        await Run(name).KillAsync();
        Start(name);
    }

    private SocketsHttpHandler ClientHandler() =>
        Network is null ? new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false } : NamespaceSockets.HandlerOf(Network.NamespaceOf(ClientHost));

    private ServerPlan OnHost(ServerPlan server)
    {
        var address = Network!.AddressOf(server.Name);
        var seeds = _servers.Where(other => other.Name != server.Name).Select(UrlOf).Select(url => url.GetLeftPart(UriPartial.Authority));
        return server with
        {
            Url = UrlOf(server),
            Environment = server.Environment
                .SetItem(ServerEnvironment.BindAddress, address)
                .SetItem(ServerEnvironment.AdvertisedHost, address)
                .SetItem(ServerEnvironment.Seeds, string.Join(',', seeds)),
        };
    }

    private Uri UrlOf(ServerPlan server) => new UriBuilder(Uri.UriSchemeHttp, Network!.AddressOf(server.Name), server.Ports.Http).Uri;

    private bool IsWhole(ClusterStatus status) =>
        status.AllSlotsServed
        && status.Topology.Servers.Count() == _servers.Length
        && status.Topology.Nodes.All(node => node.InSync.Length == node.Servers.Length && node.Servers.Length == _servers.Count(server => server.Node == node.Name))
        && status.Servers.All(server => server.State is ServerState.Main or ServerState.Replica or ServerState.Witness)
        && status.Topology.Nodes.All(node => HasMetItsPeer(status, node))
        && HasItsVoters(status.Topology);

    // A voter that lost its disk counts as dead until another has its vote: who stops a second one meanwhile stops every change.
    private static bool HasItsVoters(ClusterTopology topology)
    {
        var most = Math.Min(topology.Settings.VotersMax, topology.Servers.Count(server => server.VoterId is not null));
        return topology.Voters.IsEmpty
            || (topology.Voters.Length == most - (1 - (most % 2)) && topology.Voters.All(voter => topology.FindServer(voter.Server)?.VoterId == voter.VoterId));
    }

    // Both know of the epoch, and the replica has spoken in it: it may still lag, but is no longer about to be taken for silent.
    private static bool HasMetItsPeer(ClusterStatus status, NodeInfo node) =>
        status.Servers.Where(server => server.Node == node.Id && server.State != ServerState.Witness).All(server => server.Epoch == node.Epoch)
        && (node.Servers.Length == 1 || ServerOf(status, node.MainServer.Name).ReplicationLag is not null);

    private async Task<ClusterStatus?> TryStatusAsync(CancellationToken cancellation)
    {
        foreach (var server in _servers)
        {
            if (!_runs.TryGetValue(server.Name, out var run) || !run.IsRunning || run.IsPaused) continue;
            try
            {
                using var response = await _http.GetAsync(new Uri(server.Url, "/cluster/status?scope=cluster"), cancellation);
                if (response.IsSuccessStatusCode) return await response.Content.ReadFromJsonAsync(KvJson.Default.ClusterStatus, cancellation);
            }
            catch (Exception away) when (away is HttpRequestException || (away is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                // It is starting or stopping; another one may answer, and the deadline bounds the asking.
            }
        }

        return null;
    }

    /// <summary>What the cluster says of itself, and what each server printed last.</summary>
    public async Task<string> DescribeAsync() => Describe(await TryStatusAsync(TestContext.Current.CancellationToken));

    private string Describe(ClusterStatus? status)
    {
        var text = new StringBuilder();
        foreach (var server in status?.Servers ?? []) text.AppendLine($"{server.Name}: {server.State}, epoch {server.Epoch.Value}, in sync {string.Join(',', server.InSync)}. {server.Reason}");
        foreach (var node in status?.Topology.Nodes ?? []) text.AppendLine($"{node.Name}: epoch {node.Epoch.Value}, main {node.Main}, in sync {string.Join(',', node.InSync)}");
        if (status is not null) text.AppendLine($"master {status.Topology.Master}, generation {status.Topology.Generation}, voters {string.Join(',', status.Topology.Voters.Select(voter => voter.Server))}");
        foreach (var (name, run) in _runs)
        {
            var printed = run.Printed;
            text.AppendLine($"--- {name} ({(run.IsRunning ? "running" : "ended")})").AppendLine(printed[^Math.Min(PrintedMax, printed.Length)..]);
        }

        return text.ToString();
    }
}
