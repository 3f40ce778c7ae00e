using System.Collections.Immutable;
using System.Globalization;
using KvCluster.Protocol.Topology;

namespace KvCluster.Hosting.Plan;

/// <summary>The environment of a node's pods in Kubernetes: the same for all of them, because a pod tells itself from its stable name.</summary>
/// <remarks>Kubernetes puts the value of a variable for <c>$(NAME)</c> in those that come after it, so order matters: the list begins where
/// <see cref="PodName"/> and <see cref="PodNamespace"/> are known.</remarks>
internal static class PodEnvironment
{
    public const string PodName = "POD_NAME";
    public const string PodNamespace = "POD_NAMESPACE";
    public const string DataDirectory = "/data";
    public const int HttpPort = 8080;
    public const int PeerPort = 7000;
    public const int RespPort = 6379;

    /// <summary>Name of the headless service that gives the pods of a node their addresses.</summary>
    public static string PeersOf(string node) => node + "-peers";

    /// <summary>How many pods a node or the witness has.</summary>
    public static int PodsOf(ClusterPlanOptions options, string node) =>
        options.Replicas && node != ClusterPlanBuilder.WitnessName(options) ? 2 : 1;

    public static ImmutableArray<KeyValuePair<string, string>> Of(ClusterPlanOptions options, string node)
    {
        var nodes = ClusterPlanBuilder.NodeNames(options);
        var isWitness = node == ClusterPlanBuilder.WitnessName(options);
        var variables = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        void Add(string name, string value) => variables.Add(new(name, value));
        Add(ServerEnvironment.Name, $"$({PodName})");
        Add(ServerEnvironment.Kind, (isWitness ? ServerKind.Witness : ServerKind.Data).ToString());
        if (!isWitness)
        {
            Add(ServerEnvironment.Node, node);
            Add(ServerEnvironment.RespPort, Text(RespPort));
        }

        Add(ServerEnvironment.BindAddress, "0.0.0.0");
        Add(ServerEnvironment.AdvertisedHost, $"$({PodName}).{PeersOf(node)}.$({PodNamespace}).svc");
        Add(ServerEnvironment.HttpPort, Text(HttpPort));
        Add(ServerEnvironment.PeerPort, Text(PeerPort));
        Add(ServerEnvironment.DataDirectory, DataDirectory);
        Add(ServerEnvironment.BootstrapServer, $"{nodes[0]}-0");
        Add(ServerEnvironment.InitialNodes, Text(nodes.Length));
        Add(ServerEnvironment.ShutdownDelay, "5000");
        Add(ServerEnvironment.Seeds, string.Join(',', nodes.SelectMany(seed => SeedsOf(options, seed))));
        return variables.ToImmutable();
    }

    private static IEnumerable<string> SeedsOf(ClusterPlanOptions options, string node) =>
        from pod in Enumerable.Range(0, PodsOf(options, node))
        select string.Create(CultureInfo.InvariantCulture, $"http://{node}-{pod}.{PeersOf(node)}.$({PodNamespace}).svc:{HttpPort}");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
