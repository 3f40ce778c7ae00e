using System.Buffers;
using System.Net;
using System.Net.Sockets;
using KvCluster.Core.Replication;
using KvCluster.Protocol.Identity;

namespace KvCluster.Node.Peer;

/// <summary>
/// The peer port: accepts connections, hears who speaks, and refuses strangers (another cluster, another server meant, anybody who
/// does not greet in time) before anything they say is looked at.
/// </summary>
internal sealed partial class PeerListener : IDisposable
{
    private const int GreetingMilliseconds = 2_000;
    private const int GreetingsMax = 64;
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(10);
    private readonly PeerLinkOptions _options;
    private readonly Action<FrameSocket, PeerHello> _greeted;
    private readonly ILogger _logger;
    private readonly Socket _listener;
    private int _greeting;
    private volatile bool _isStopped;

    public PeerListener(PeerLinkOptions options, Action<FrameSocket, PeerHello> greeted, ILogger logger)
    {
        (_options, _greeted, _logger) = (options, greeted, logger);
        _listener = new Socket(options.BindAddress.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Bind(new IPEndPoint(options.BindAddress, options.Port));
        _listener.Listen(128);
    }

    public void Start() => new Thread(AcceptAll) { IsBackground = true, Name = "kv-peer-accept" }.Start();

    private void AcceptAll()
    {
        while (!_isStopped)
        {
            try
            {
                Hear(_listener.Accept());
            }
            catch (Exception refused) when (refused is ObjectDisposedException or SocketException)
            {
                if (_isStopped) return;

                // A caller that was gone before it was heard, or no descriptor left for it: the port stays open for the next.
                LogNoGreeting(_logger, refused.Message);
                Thread.Sleep(AcceptPause);
            }
        }
    }

    private void Hear(Socket socket)
    {
        if (Interlocked.Increment(ref _greeting) > GreetingsMax)
        {
            Interlocked.Decrement(ref _greeting);
            socket.Dispose();
            return;
        }

        new Thread(() => Greet(socket)) { IsBackground = true, Name = "kv-peer-greet" }.Start();
    }

    private void Greet(Socket accepted)
    {
        try
        {
            var socket = new FrameSocket(accepted, _options.SilenceMax);
            socket.ReceiveTimeoutMilliseconds = GreetingMilliseconds;
            var hello = PeerHello.Read(socket.Receive(PeerHello.Bytes));
            if (hello.Cluster != _options.Cluster || hello.To != _options.Self.Id)
            {
                LogStranger(_logger, hello.From.Id.Value, hello.Cluster, hello.To.Value);
                socket.Dispose();
                return;
            }

            SendHello(socket, _options, hello.From.Id, hello.Purpose);
            socket.ReceiveTimeoutMilliseconds = 0;
            _greeted(socket, hello);
        }
        catch (Exception failure) when (failure is SocketException or InvalidDataException or ObjectDisposedException)
        {
            LogNoGreeting(_logger, failure.Message);
            accepted.Dispose();
        }
        finally
        {
            Interlocked.Decrement(ref _greeting);
        }
    }

    public static void SendHello(FrameSocket socket, PeerLinkOptions options, ServerId to, PeerPurpose purpose)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var at = FrameSocket.BeginFrame(buffer);
        new PeerHello(options.Cluster, options.Self, to, purpose).Write(buffer.GetSpan(PeerHello.Bytes));
        buffer.Advance(PeerHello.Bytes);
        FrameSocket.EndFrame(buffer, at);
        socket.Send(buffer.WrittenSpan);
    }

    public void Dispose()
    {
        _isStopped = true;
        _listener.Dispose();
    }

    [LoggerMessage(2010, LogLevel.Warning, "Refused a peer connection: it says it is server {Server} of cluster {Cluster} and wants server {Wanted}.")]
    private static partial void LogStranger(ILogger logger, int server, ClusterId cluster, int wanted);

    [LoggerMessage(2011, LogLevel.Debug, "A peer connection ended before it greeted: {Reason}")]
    private static partial void LogNoGreeting(ILogger logger, string reason);
}
