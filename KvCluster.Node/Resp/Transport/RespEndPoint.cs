using System.Net;

namespace KvCluster.Node.Resp.Transport;

/// <summary>Where the Redis port listens: by its type the transport knows what it has to serve.</summary>
internal sealed class RespEndPoint(IPAddress address, int port) : IPEndPoint(address, port);
