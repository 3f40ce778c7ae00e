using Microsoft.AspNetCore.Connections;

namespace KvCluster.Node.Resp;

/// <summary>Kestrel's door to the Redis port.</summary>
internal sealed class RespConnectionHandler(RespServer server) : ConnectionHandler
{
    public override Task OnConnectedAsync(ConnectionContext connection) => new RespConnection(connection, server).RunAsync();
}
