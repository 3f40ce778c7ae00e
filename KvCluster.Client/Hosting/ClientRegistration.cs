using System.Diagnostics.Metrics;
using KvCluster.Client.Configuration;
using KvCluster.Client.Diagnostics;
using KvCluster.Client.Health;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.ServiceDiscovery;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace KvCluster.Client.Hosting;

/// <summary>Registers a client with everything around it. Nothing is connected before the first call.</summary>
internal static class ClientRegistration
{
    public static KvClusterClientBuilder Add(
        IServiceCollection services, object? serviceKey, string optionsName, KvClusterClientSettings settings, Action<KvClientOptions, IServiceProvider> configure)
    {
        services.AddServiceDiscovery();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<KvClientOptions>, KvClientOptionsValidation>());
        services.AddOptions<KvClientOptions>(optionsName).Configure<IServiceProvider>(configure).ValidateOnStart();
        services.AddKeyedSingleton(serviceKey, (provider, _) => Create(provider, optionsName));
        if (!settings.DisableHealthChecks) AddHealthCheck(services, serviceKey);
        if (!settings.DisableTracing) services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddSource(ClientMetrics.Name));
        if (!settings.DisableMetrics) services.ConfigureOpenTelemetryMeterProvider(metrics => metrics.AddMeter(ClientMetrics.Name));
        return new KvClusterClientBuilder(services, serviceKey);
    }

    private static KvClusterClient Create(IServiceProvider provider, string optionsName) => new(
        provider.GetRequiredService<IOptionsMonitor<KvClientOptions>>().Get(optionsName),
        new ClientEnvironment(
            provider.GetService<TimeProvider>() ?? TimeProvider.System,
            provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance,
            provider.GetService<IMeterFactory>(),
            provider.GetRequiredService<ServiceEndpointResolver>));

    private static void AddHealthCheck(IServiceCollection services, object? serviceKey) => services.AddHealthChecks().Add(new HealthCheckRegistration(
        serviceKey is null ? "KvCluster" : $"KvCluster_{serviceKey}",
        provider => new ClusterHealthCheck(provider.GetRequiredKeyedService<KvClusterClient>(serviceKey)),
        failureStatus: null,
        tags: null));
}
