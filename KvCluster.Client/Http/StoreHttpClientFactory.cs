using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace KvCluster.Client.Http;

/// <summary>Gives the connection for a server. One pool of HTTP/1.1 connections serves all of them.</summary>
/// <remarks>
/// Redirects are followed by the client itself, because it counts them and learns from them. Connections live five minutes at most,
/// so that a name that points elsewhere is noticed; keep-alive probes find a peer that vanished without a word.
/// </remarks>
public sealed class StoreHttpClientFactory : IDisposable
{
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ConnectionIdleMax = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, StoreServer> _servers = new(StringComparer.OrdinalIgnoreCase);
    private readonly HttpMessageInvoker _invoker;

    public StoreHttpClientFactory(KvClientOptions options)
        : this(CreateHandler(options))
    {
    }

    internal StoreHttpClientFactory(HttpMessageHandler handler) => _invoker = new HttpMessageInvoker(handler, disposeHandler: true);

    /// <summary>Every server that was ever named by a seed, a topology or a redirect.</summary>
    public IEnumerable<StoreServer> Servers => _servers.Values;

    public StoreServer For(Uri address)
    {
        var authority = address.GetLeftPart(UriPartial.Authority);
        return _servers.TryGetValue(authority, out var known) ? known : _servers.GetOrAdd(authority, new StoreServer(new Uri(authority)));
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _invoker.SendAsync(request, cancellationToken);

    /// <summary>Forgets a server that no topology names any more.</summary>
    internal void Forget(StoreServer server) => _servers.TryRemove(new(server.Base, server));

    public void Dispose() => _invoker.Dispose();

    private static SocketsHttpHandler CreateHandler(KvClientOptions options) => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = options.ConnectTimeout,
        MaxConnectionsPerServer = options.ConnectionsPerServerMax,
        PooledConnectionLifetime = ConnectionLifetime,
        PooledConnectionIdleTimeout = ConnectionIdleMax,
        ConnectCallback = ConnectAsync,
    };

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 15);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
