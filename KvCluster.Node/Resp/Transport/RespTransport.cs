using System.Net;
using Microsoft.AspNetCore.Connections;

namespace KvCluster.Node.Resp.Transport;

/// <summary>Kestrel's transport for the Redis port: sockets that are read when the kernel says that there is something to read.</summary>
/// <remarks>
/// The transport of Kestrel reads ahead of whoever handles the requests, into a pipe; a socket of the runtime asks the kernel once more behind each
/// request whether there is another. For requests of a microsecond that is a quarter of their time
/// (decision 0012).
/// </remarks>
internal sealed class RespTransport : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => endpoint is RespEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(RespListener.Bind((RespEndPoint)endpoint));
}
