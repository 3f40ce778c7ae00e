using KvCluster.Client.Configuration;
using Microsoft.Extensions.Configuration;

namespace KvCluster.Client.Hosting;

/// <summary>Reads a client's settings from configuration, in the order that Aspire's client integrations have.</summary>
internal static class ClientConfiguration
{
    public const string Section = "Aspire:KvCluster:Client";

    public static KvClusterClientSettings Read(IConfiguration configuration, string connectionName, Action<KvClusterClientSettings>? configure)
    {
        var settings = new KvClusterClientSettings();
        var section = configuration.GetSection(Section);
        section.Bind(settings);
        section.GetSection(connectionName).Bind(settings);
        if (configuration.GetConnectionString(connectionName) is { Length: > 0 } connectionString) settings.ConnectionString = connectionString;
        configure?.Invoke(settings);
        return settings;
    }

    /// <summary>Sets the options: the connection string's settings, then the delegate, then servers from the first source that names any.</summary>
    /// <exception cref="InvalidOperationException">Nothing names a server, or the connection string is none.</exception>
    public static void Apply(KvClientOptions options, IConfiguration configuration, string connectionName, string? connectionString, Action<KvClientOptions>? configure)
    {
        var parsed = Parse(connectionString, connectionName);
        (parsed with { Endpoints = [], StaticNodes = [], ServiceName = null }).ApplyTo(options);
        configure?.Invoke(options);
        if (HasServers(options)) return;
        new KvConnectionString { Endpoints = parsed.Endpoints, StaticNodes = parsed.StaticNodes, ServiceName = parsed.ServiceName }.ApplyTo(options);
        if (HasServers(options)) return;
        if (!configuration.GetSection($"Services:{connectionName}").Exists()) throw Missing(connectionName);
        options.ServiceName = $"https+http://{connectionName}";
    }

    private static KvConnectionString Parse(string? connectionString, string connectionName)
    {
        if (string.IsNullOrWhiteSpace(connectionString)) return new KvConnectionString();
        if (KvConnectionString.TryParse(connectionString, out var parsed, out var mistake)) return parsed;
        throw new InvalidOperationException($"The connection string of '{connectionName}' cannot be used: {mistake}");
    }

    private static bool HasServers(KvClientOptions options) =>
        options.Endpoints.Count > 0 || options.StaticNodes.Count > 0 || !string.IsNullOrEmpty(options.ServiceName);

    private static InvalidOperationException Missing(string connectionName) => new(
        $"No server of the cluster is known. Set 'ConnectionStrings:{connectionName}', or 'ConnectionString' in the section '{Section}' "
        + $"or '{Section}:{connectionName}', or name the service's endpoints in 'Services:{connectionName}'.");
}
