using System.Collections.Immutable;
using System.Globalization;
using KvCluster.Protocol.Topology;

namespace KvCluster.Hosting.Plan;

/// <summary>The environment variables by which a server learns who it is; the server reads them as the configuration section
/// <c>KvNode</c>.</summary>
internal static class ServerEnvironment
{
    public const string Name = "KvNode__Name";
    public const string Node = "KvNode__Node";
    public const string PreferredRole = "KvNode__PreferredRole";
    public const string Kind = "KvNode__Kind";
    public const string BindAddress = "KvNode__BindAddress";
    public const string AdvertisedHost = "KvNode__AdvertisedHost";
    public const string HttpPort = "KvNode__HttpPort";
    public const string PeerPort = "KvNode__PeerPort";
    public const string RespPort = "KvNode__RespPort";
    public const string DataDirectory = "KvNode__DataDirectory";
    public const string Seeds = "KvNode__Seeds";
    public const string Bootstrap = "KvNode__Bootstrap";
    public const string BootstrapServer = "KvNode__BootstrapServer";
    public const string ShutdownDelay = "KvNode__ShutdownDelayMilliseconds";
    public const string InitialNodes = "KvNode__InitialNodes";

    /// <summary>Set to true: the server shows its metrics at <c>/metrics</c>.</summary>
    public const string Metrics = "Telemetry__Prometheus";

    /// <summary>Set by an orchestrator whose end must be the server's end: the server stops when its standard input is at its
    /// end.</summary>
    public const string ExitWithParent = "KvNode__ExitWithParent";

    /// <param name="server">Whom the variables are for.</param>
    /// <param name="others">Every other server of the plan: each of them is a seed, so that any one that lives is enough.</param>
    /// <param name="initialNodes">How many nodes share the slots of a new cluster.</param>
    public static ImmutableSortedDictionary<string, string> Of(ServerPlan server, IEnumerable<ServerPlan> others, int initialNodes)
    {
        var variables = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        variables[Name] = server.Name;
        variables[Kind] = server.Kind.ToString();
        variables[BindAddress] = ClusterPlan.Host;
        variables[AdvertisedHost] = ClusterPlan.Host;
        variables[HttpPort] = Text(server.Ports.Http);
        variables[PeerPort] = Text(server.Ports.Peer);
        variables[DataDirectory] = server.DataDirectory;
        variables[Bootstrap] = server.IsBootstrap ? "true" : "false";
        variables[InitialNodes] = Text(initialNodes);
        if (server.Kind == ServerKind.Data)
        {
            ArgumentNullException.ThrowIfNull(server.Node);
            variables[Node] = server.Node;
            variables[RespPort] = Text(server.Ports.Resp);
            variables[PreferredRole] = server.PreferredRole.ToString();
        }

        var seeds = string.Join(',', others.Select(other => other.Url.GetLeftPart(UriPartial.Authority)));
        if (seeds.Length > 0)
            variables[Seeds] = seeds;
        return variables.ToImmutable();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
