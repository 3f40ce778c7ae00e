using KvCluster.Client;
using KvCluster.Client.Configuration;
using KvCluster.Client.Hosting;

// The namespace of every AddXyz for a service collection, where IDE completion looks for it.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers <see cref="KvClusterClient"/> where there is no host builder, or no configuration.</summary>
public static class KvClusterClientServiceExtensions
{
    public static KvClusterClientBuilder AddKvClusterClient(this IServiceCollection services, Action<KvClientOptions> configure) =>
        AddKeyedKvClusterClient(services, null, configure);

    /// <param name="connectionString">See <see cref="KvConnectionString"/>.</param>
    public static KvClusterClientBuilder AddKvClusterClient(this IServiceCollection services, string connectionString) =>
        AddKeyedKvClusterClient(services, null, connectionString);

    /// <param name="connectionString">See <see cref="KvConnectionString"/>.</param>
    public static KvClusterClientBuilder AddKeyedKvClusterClient(this IServiceCollection services, object? serviceKey, string connectionString)
    {
        var parsed = KvConnectionString.Parse(connectionString);
        return AddKeyedKvClusterClient(services, serviceKey, parsed.ApplyTo);
    }

    public static KvClusterClientBuilder AddKeyedKvClusterClient(this IServiceCollection services, object? serviceKey, Action<KvClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        var optionsName = serviceKey?.ToString() ?? "KvCluster";
        return ClientRegistration.Add(services, serviceKey, optionsName, new KvClusterClientSettings(), (options, _) => configure(options));
    }
}
