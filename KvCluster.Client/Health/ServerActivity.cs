using KvCluster.Client.Diagnostics;
using KvCluster.Client.Http;
using Microsoft.Extensions.Logging;

namespace KvCluster.Client.Health;

/// <summary>Marks servers inactive and active again, by what requests and checks show of them.</summary>
internal sealed class ServerActivity(ILogger logger)
{
    public void Observe(StoreServer server, Attempt attempt)
    {
        if (attempt.Answer is not null) OnAnswered(server);
        else OnFailed(server, attempt.Error!.Message);
    }

    public void OnAnswered(StoreServer server)
    {
        if (!server.IsActive && server.TryMarkActive()) ClientLog.ServerActive(logger, server.Base);
    }

    public void OnFailed(StoreServer server, string reason)
    {
        if (server.TryMarkInactive()) ClientLog.ServerInactive(logger, server.Base, reason);
    }
}
