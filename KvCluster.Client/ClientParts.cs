using KvCluster.Client.Batching;
using KvCluster.Client.Diagnostics;
using KvCluster.Client.Health;
using KvCluster.Client.Http;
using KvCluster.Client.Listing;
using KvCluster.Client.Requests;
using KvCluster.Client.Retries;
using KvCluster.Client.Topology;
using Microsoft.Extensions.Logging;

namespace KvCluster.Client;

/// <summary>Builds a client's parts and joins them; the only place that knows all of them.</summary>
internal sealed class ClientParts : IDisposable
{
    private readonly StoreHttpClientFactory _factory;

    public ClientParts(KvClientOptions options, ClientEnvironment environment)
    {
        var time = environment.Time;
        _factory = environment.Handler is { } handler ? new StoreHttpClientFactory(handler) : new StoreHttpClientFactory(options);
        Metrics = new ClientMetrics(environment.Meters, () => Topology!.Routing?.Servers ?? []);
        var sender = new AttemptSender(_factory, time);
        var query = new ServerQuery(sender, time, environment.Loggers.CreateLogger<ServerQuery>());
        var directory = new ServerDirectory(Seeds(options, environment), _factory);
        ITopologySource source = options.StaticNodes.Count > 0
            ? new StaticTopologySource([.. options.StaticNodes])
            : new ClusterTopologySource(directory, query, _factory, time);
        Topology = new ClusterTopologyManager(source, _factory, time, Metrics, environment.Loggers.CreateLogger<ClusterTopologyManager>());
        var activity = new ServerActivity(environment.Loggers.CreateLogger<HealthMonitor>());
        Health = new HealthMonitor(Topology, _factory, sender, activity, Metrics, time, options.HealthInterval);
        Topology.FirstKnown += Health.Start;
        Watch = new TopologyWatch(Topology, _factory, time, environment.Loggers.CreateLogger<TopologyWatch>());
        if (options.WatchTopology && options.StaticNodes.Count == 0) Topology.FirstKnown += Watch.Start;
        var retries = new RetryContext(Topology, new RetryBudget(time), Metrics, time, options.TimeBudget);
        Pipeline = new RequestPipeline(Topology, _factory, sender, activity, retries, options.AttemptTimeout);
        Batches = new BatchExecutor(Topology, Pipeline, retries);
        Pathless = new PathlessKeys(Batches);
        Listing = new KeyListing(Topology, Pipeline);
        Inspector = new ClusterInspector(Topology, directory, query);
        Operator = new ClusterOperator(Topology, directory, _factory, sender);
    }

    public ClientMetrics Metrics { get; }
    public ClusterTopologyManager Topology { get; }
    public HealthMonitor Health { get; }
    public TopologyWatch Watch { get; }
    public RequestPipeline Pipeline { get; }
    public BatchExecutor Batches { get; }
    public PathlessKeys Pathless { get; }
    public KeyListing Listing { get; }
    public ClusterInspector Inspector { get; }
    public ClusterOperator Operator { get; }

    public void Dispose()
    {
        Watch.Dispose();
        Health.Dispose();
        Topology.Dispose();
        Metrics.Dispose();
        _factory.Dispose();
    }

    private static ISeedSource Seeds(KvClientOptions options, ClientEnvironment environment)
    {
        if (options.Endpoints.Count > 0 || options.ServiceName is not { Length: > 0 } name) return new FixedSeeds([.. options.Endpoints]);
        var discovery = environment.Discovery
            ?? throw new InvalidOperationException($"To look '{name}' up the client needs service discovery: register it with AddKvClusterClient.");
        return new ServiceDiscoverySeeds(discovery(), name, environment.Loggers.CreateLogger<ServiceDiscoverySeeds>());
    }
}
