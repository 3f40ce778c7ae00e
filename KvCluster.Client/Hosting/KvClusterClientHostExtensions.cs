using KvCluster.Client;
using KvCluster.Client.Hosting;

// The namespace of every AddXyz for a host, where IDE completion looks for it.
namespace Microsoft.Extensions.Hosting;

/// <summary>Registers <see cref="KvClusterClient"/> in a host.</summary>
public static class KvClusterClientHostExtensions
{
    /// <summary>Registers a client for the cluster that configuration calls <paramref name="connectionName"/>, with health check and telemetry.</summary>
    public static KvClusterClientBuilder AddKvClusterClient(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<KvClusterClientSettings>? configureSettings = null,
        Action<KvClientOptions>? configureOptions = null) => Add(builder, connectionName, null, configureSettings, configureOptions);

    /// <summary>The same under a service key, which is the connection's name too; for programs with several clusters.</summary>
    public static KvClusterClientBuilder AddKeyedKvClusterClient(
        this IHostApplicationBuilder builder,
        string name,
        Action<KvClusterClientSettings>? configureSettings = null,
        Action<KvClientOptions>? configureOptions = null) => Add(builder, name, name, configureSettings, configureOptions);

    private static KvClusterClientBuilder Add(
        IHostApplicationBuilder builder,
        string connectionName,
        object? serviceKey,
        Action<KvClusterClientSettings>? configureSettings,
        Action<KvClientOptions>? configureOptions)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionName);
        var settings = ClientConfiguration.Read(builder.Configuration, connectionName, configureSettings);
        return ClientRegistration.Add(builder.Services, serviceKey, connectionName, settings, (options, _) =>
            ClientConfiguration.Apply(options, builder.Configuration, connectionName, settings.ConnectionString, configureOptions));
    }
}
