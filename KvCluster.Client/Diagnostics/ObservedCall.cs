using System.Diagnostics;
using KvCluster.Client.Http;

namespace KvCluster.Client.Diagnostics;

/// <summary>One call of the library as its span and its duration, retries and redirects included. Costs nothing where nobody listens.</summary>
internal readonly struct ObservedCall(ClientMetrics metrics, string operation)
{
    private readonly Activity? _activity = ClientTracing.Start(operation);
    private readonly long _began = metrics.Begin();

    public StoreAnswer End(StoreAnswer answer)
    {
        metrics.End(operation, answer.IsSuccess ? null : answer.Problem?.Code, _began);
        if (_activity is null) return answer;
        _activity.SetTag("db.response.status_code", ClientMetrics.StatusText(answer.Status));
        _activity.Dispose();
        return answer;
    }

    public void Fail(Exception exception)
    {
        metrics.End(operation, ClientMetrics.ErrorOf(exception), _began);
        _activity?.Fail(exception);
        _activity?.Dispose();
    }
}
