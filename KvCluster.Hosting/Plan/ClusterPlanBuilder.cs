using System.Collections.Immutable;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Topology;

namespace KvCluster.Hosting.Plan;

/// <summary>Turns valid options into the plan: names, roles, ports, folders, environment.</summary>
internal static class ClusterPlanBuilder
{
    public const string MasterNode = "kv-master";
    public const string ReplicaSuffix = "-replica";

    /// <summary>The names of all nodes of a plan, the master node first.</summary>
    public static ImmutableArray<string> NodeNames(ClusterPlanOptions options) =>
        [$"{options.Name}-master", .. Enumerable.Range(1, options.Slaves).Select(slave => $"{options.Name}-slave-{slave}")];

    public static string WitnessName(ClusterPlanOptions options) => $"{options.Name}-witness";

    /// <summary>Two voters cannot outlive either of them; a third that holds no data is enough.</summary>
    public static bool HasWitness(ClusterPlanOptions options) => options.Witness ?? DataServerCount(options) == 2;

    public static int ServerCount(ClusterPlanOptions options) => DataServerCount(options) + (HasWitness(options) ? 1 : 0);

    /// <param name="options">Options in which <see cref="ClusterPlanValidator"/> found no mistake.</param>
    /// <param name="dataDirectory">Absolute folder that holds one folder for each server.</param>
    /// <param name="ports">Where each server listens.</param>
    public static ClusterPlan Build(ClusterPlanOptions options, string dataDirectory, IPortSource ports)
    {
        ArgumentNullException.ThrowIfNull(ports);
        if (ClusterPlanValidator.Validate(options) is { IsEmpty: false } mistakes)
            throw new ArgumentException(string.Join(' ', mistakes), nameof(options));
        var bootstrap = NodeNames(options)[0];
        var servers = Servers(options)
            .Select((server, position) => Place(server, server.Name == bootstrap, dataDirectory, ports.PortsOf(server.Name, position)))
            .ToImmutableArray();
        var told = servers
            .Select(server => server with { Environment = Environment(server, servers, options) })
            .ToImmutableArray();
        return new ClusterPlan
        {
            Nodes = [.. Nodes(told)],
            Witness = told.FirstOrDefault(server => server.Kind == ServerKind.Witness),
            DataDirectory = dataDirectory,
        };
    }

    /// <summary>The names of all servers of a plan, in its order.</summary>
    public static ImmutableArray<string> ServerNames(ClusterPlanOptions options) => [.. Servers(options).Select(server => server.Name)];

    private static ImmutableSortedDictionary<string, string> Environment(ServerPlan server, ImmutableArray<ServerPlan> all, ClusterPlanOptions options)
    {
        var variables = ServerEnvironment.Of(server, all.Remove(server), 1 + options.Slaves);
        return options.Metrics ? variables.SetItem(ServerEnvironment.Metrics, "true") : variables;
    }

    private static IEnumerable<NodePlan> Nodes(IEnumerable<ServerPlan> servers) =>
        from server in servers
        where server.Node is not null
        group server by server.Node into node
        select new NodePlan(node.Key, [.. node]);

    private static int DataServerCount(ClusterPlanOptions options) => (1 + options.Slaves) * (options.Replicas ? 2 : 1);

    private static IEnumerable<UnplacedServer> Servers(ClusterPlanOptions options)
    {
        foreach (var node in NodeNames(options))
        {
            yield return new UnplacedServer(node, node, PreferredRole.Main);
            if (options.Replicas)
                yield return new UnplacedServer(node + ReplicaSuffix, node, PreferredRole.Replica);
        }

        if (HasWitness(options))
            yield return new UnplacedServer(WitnessName(options), null, PreferredRole.Any);
    }

    private static ServerPlan Place(UnplacedServer server, bool isBootstrap, string dataDirectory, ServerPorts ports) => new()
    {
        Name = server.Name,
        Node = server.Node,
        Kind = server.Node is null ? ServerKind.Witness : ServerKind.Data,
        PreferredRole = server.Role,
        IsBootstrap = isBootstrap,
        Ports = ports,
        Url = new UriBuilder(Uri.UriSchemeHttp, ClusterPlan.Host, ports.Http).Uri,
        DataDirectory = Path.Combine(dataDirectory, server.Name),
    };

    private readonly record struct UnplacedServer(string Name, string? Node, PreferredRole Role);
}
