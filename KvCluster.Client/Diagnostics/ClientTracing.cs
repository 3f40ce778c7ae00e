using System.Diagnostics;

namespace KvCluster.Client.Diagnostics;

/// <summary>The activity source <c>KvCluster.Client</c>: one span a call, named by its operation, retries and redirects included.</summary>
internal static class ClientTracing
{
    private static readonly ActivitySource Source = new(ClientMetrics.Name);

    public static Activity? Start(string operation)
    {
        var activity = Source.StartActivity(operation, ActivityKind.Client);
        activity?.SetTag("db.system.name", "kvcluster");
        activity?.SetTag("db.operation.name", operation);
        return activity;
    }

    public static void Fail(this Activity activity, Exception exception)
    {
        activity.SetStatus(ActivityStatusCode.Error, exception.Message);
        activity.SetTag("error.type", ClientMetrics.ErrorOf(exception));
    }
}
