using System.Globalization;

namespace KvCluster.Client.Configuration;

/// <summary>
/// A connection string: servers separated by commas, then settings, each after a semicolon, such as
/// <c>http://10.0.0.7:8080,10.0.0.8:8080;timeBudget=5s;consistency=linearizable</c>.
/// </summary>
/// <remarks>
/// A server is <c>http://host:port</c>, <c>https://host:port</c> or <c>host:port</c>. A single name without a port, such as
/// <c>http://kv</c> or <c>https+http://kv</c>, is a service to look up. With <c>mode=static</c> the list is the whole cluster, a node
/// for each comma, main and replica separated by <c>|</c>. Names of settings do not depend on case, and unknown ones are refused.
/// </remarks>
public sealed record KvConnectionString
{
    public IReadOnlyList<Uri> Endpoints { get; init; } = [];
    public IReadOnlyList<KvStaticNode> StaticNodes { get; init; } = [];
    public string? ServiceName { get; init; }
    public TimeSpan? TimeBudget { get; init; }
    public TimeSpan? AttemptTimeout { get; init; }
    public TimeSpan? ConnectTimeout { get; init; }
    public TimeSpan? HealthInterval { get; init; }
    public KvConsistency? Consistency { get; init; }
    public int? ConnectionsPerServerMax { get; init; }

    /// <exception cref="ArgumentException">The text is not a connection string; the message says where.</exception>
    public static KvConnectionString Parse(string text) =>
        TryParse(text, out var parsed, out var mistake) ? parsed : throw new ArgumentException($"Not a connection string: {mistake}", nameof(text));

    public static bool TryParse(string text, out KvConnectionString parsed, out string mistake) => new ConnectionStringParser().TryParse(text, out parsed, out mistake);

    /// <summary>Sets what the text names and leaves the rest.</summary>
    public void ApplyTo(KvClientOptions options)
    {
        foreach (var endpoint in Endpoints) options.Endpoints.Add(endpoint);
        foreach (var node in StaticNodes) options.StaticNodes.Add(node);
        options.ServiceName = ServiceName ?? options.ServiceName;
        options.TimeBudget = TimeBudget ?? options.TimeBudget;
        options.AttemptTimeout = AttemptTimeout ?? options.AttemptTimeout;
        options.ConnectTimeout = ConnectTimeout ?? options.ConnectTimeout;
        options.HealthInterval = HealthInterval ?? options.HealthInterval;
        options.Consistency = Consistency ?? options.Consistency;
        options.ConnectionsPerServerMax = ConnectionsPerServerMax ?? options.ConnectionsPerServerMax;
    }

    /// <summary>The text that parses to this.</summary>
    public override string ToString()
    {
        var parts = new List<string> { Servers() };
        if (StaticNodes.Count > 0) parts.Add("mode=static");
        Add(parts, "timeBudget", TimeBudget);
        Add(parts, "attemptTimeout", AttemptTimeout);
        Add(parts, "connectTimeout", ConnectTimeout);
        Add(parts, "healthInterval", HealthInterval);
        if (Consistency is { } consistency) parts.Add("consistency=" + ConnectionStringParser.NameOf(consistency));
        if (ConnectionsPerServerMax is { } connections) parts.Add(string.Create(CultureInfo.InvariantCulture, $"connectionsPerServerMax={connections}"));
        return string.Join(';', parts);
    }

    private static void Add(List<string> parts, string name, TimeSpan? value)
    {
        if (value is { } span) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{name}={(long)span.TotalMilliseconds}ms"));
    }

    private string Servers()
    {
        if (ServiceName is not null) return ServiceName;
        return string.Join(',', Endpoints.Select(Authority).Concat(StaticNodes.Select(node =>
            node.Replica is null ? Authority(node.Main) : $"{Authority(node.Main)}|{Authority(node.Replica)}")));
    }

    private static string Authority(Uri uri) => string.Create(CultureInfo.InvariantCulture, $"{uri.Scheme}://{uri.Host}:{uri.Port}");
}
