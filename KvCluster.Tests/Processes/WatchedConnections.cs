namespace KvCluster.Tests.Processes;

/// <summary>Connections that count the requests whose reply never came.</summary>
internal sealed class WatchedConnections(HttpMessageHandler inner, Action onUnanswered) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (Exception unanswered) when (request.Method == HttpMethod.Post && unanswered is OperationCanceledException or HttpRequestException)
        {
            onUnanswered();
            throw;
        }
    }
}
