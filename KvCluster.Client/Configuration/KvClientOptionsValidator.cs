namespace KvCluster.Client.Configuration;

/// <summary>Checks options before a connection is opened, and names all mistakes at once.</summary>
internal static class KvClientOptionsValidator
{
    private static readonly TimeSpan TimeBudgetMax = TimeSpan.FromSeconds(30);

    public static void ThrowIfInvalid(KvClientOptions options)
    {
        var mistakes = Mistakes(options).ToList();
        if (mistakes.Count > 0) throw new ArgumentException(string.Join(' ', mistakes), nameof(options));
    }

    public static IEnumerable<string> Mistakes(KvClientOptions options)
    {
        if (options.Endpoints.Count == 0 && options.StaticNodes.Count == 0 && string.IsNullOrEmpty(options.ServiceName))
            yield return "The client needs one server to begin with: Endpoints, StaticNodes or ServiceName.";
        var addresses = options.Endpoints.Concat(options.StaticNodes.SelectMany(node => new[] { node.Main, node.Replica }.OfType<Uri>()));
        foreach (var endpoint in addresses)
        {
            if (!endpoint.IsAbsoluteUri || endpoint.Scheme is not ("http" or "https") || endpoint.PathAndQuery != "/")
                yield return $"'{endpoint}' is no address of a server; it should look like http://host:port.";
        }

        if (options.TimeBudget <= TimeSpan.Zero || options.TimeBudget > TimeBudgetMax)
            yield return $"TimeBudget is {options.TimeBudget} and must be above zero and at most {TimeBudgetMax}.";
        if (options.AttemptTimeout <= TimeSpan.Zero) yield return "AttemptTimeout must be above zero.";
        if (options.ConnectTimeout <= TimeSpan.Zero) yield return "ConnectTimeout must be above zero.";
        if (options.HealthInterval <= TimeSpan.Zero) yield return "HealthInterval must be above zero.";
        if (options.ConnectionsPerServerMax < 1) yield return "ConnectionsPerServerMax must be at least 1.";
    }
}
