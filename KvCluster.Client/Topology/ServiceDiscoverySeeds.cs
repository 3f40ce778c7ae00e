using System.Net;
using KvCluster.Client.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ServiceDiscovery;

namespace KvCluster.Client.Topology;

/// <summary>Looks the addresses up by a service's name, such as <c>http://kv</c>, each time they are needed.</summary>
internal sealed class ServiceDiscoverySeeds(ServiceEndpointResolver resolver, string serviceName, ILogger logger) : ISeedSource
{
    public async ValueTask<IReadOnlyList<Uri>> GetAsync(CancellationToken cancellationToken)
    {
        try
        {
            var source = await resolver.GetEndpointsAsync(serviceName, cancellationToken).ConfigureAwait(false);
            return [.. source.Endpoints.Select(endpoint => ToUri(endpoint.EndPoint)).OfType<Uri>()];
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            // A border: providers are foreign code. Nothing is lost but this look-up; whoever waits for a topology asks again.
            ClientLog.DiscoveryFailed(logger, serviceName, failed);
            return [];
        }
    }

    private Uri? ToUri(EndPoint endpoint)
    {
        var scheme = serviceName.StartsWith("https:", StringComparison.OrdinalIgnoreCase) ? Uri.UriSchemeHttps : Uri.UriSchemeHttp;
        return endpoint switch
        {
            DnsEndPoint { Port: > 0 } named => new UriBuilder(scheme, named.Host, named.Port).Uri,
            DnsEndPoint named => new UriBuilder(scheme, named.Host).Uri,
            IPEndPoint numbered => new UriBuilder(scheme, numbered.Address.ToString(), numbered.Port).Uri,
            _ => Uri.TryCreate(endpoint.ToString(), UriKind.Absolute, out var uri) ? uri : null,
        };
    }
}
