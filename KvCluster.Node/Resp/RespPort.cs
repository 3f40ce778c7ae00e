using System.Net;
using KvCluster.Node.Resp.Transport;
using Microsoft.AspNetCore.Connections;

namespace KvCluster.Node.Resp;

/// <summary>Opens the Redis port beside HTTP.</summary>
internal static class RespPort
{
    public static void Listen(WebApplicationBuilder builder, IPAddress address, int port)
    {
        // Elsewhere than on Linux Kestrel's own transport serves it.
        var endPoint = OperatingSystem.IsLinux() ? new RespEndPoint(address, port) : new IPEndPoint(address, port);
        builder.Services.AddSingleton<IConnectionListenerFactory, RespTransport>();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(endPoint, listen => listen.UseConnectionHandler<RespConnectionHandler>()));
    }
}
