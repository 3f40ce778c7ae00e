using KvCluster.Client.Caching;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace KvCluster.Client.Hosting;

/// <summary>A registered client, to build on.</summary>
public sealed class KvClusterClientBuilder
{
    internal KvClusterClientBuilder(IServiceCollection services, object? serviceKey)
    {
        Services = services;
        ServiceKey = serviceKey;
    }

    public IServiceCollection Services { get; }

    /// <summary>The key the client is registered with; none for the one without a key.</summary>
    public object? ServiceKey { get; }

    /// <summary>Registers <see cref="IDistributedCache"/> on this client, with the same service key; HybridCache uses it as its second level.</summary>
    public KvClusterClientBuilder WithDistributedCache(Action<KvCacheOptions>? configure = null)
    {
        var options = new KvCacheOptions();
        configure?.Invoke(options);
        Services.AddKeyedSingleton<IDistributedCache>(ServiceKey, (provider, key) => new KvDistributedCache(
            provider.GetRequiredKeyedService<KvClusterClient>(key), options, provider.GetService<TimeProvider>() ?? TimeProvider.System));
        return this;
    }
}
