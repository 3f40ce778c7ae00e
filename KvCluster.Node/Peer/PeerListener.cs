using System.Net;
using System.Net.Sockets;
using KvCluster.Protocol.Identity;

namespace KvCluster.Node.Peer;

/// <summary>
/// The peer port: accepts connections, hears who speaks, and refuses strangers (another cluster, another server meant, anybody who
/// does not greet in time) before anything they say is looked at. Votes are asked for from the start; what concerns the node's data
/// waits until this run is registered.
/// </summary>
internal sealed partial class PeerListener : IDisposable
{
    private const int GreetingMilliseconds = 2_000;
    private const int GreetingsMax = 64;
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(10);
    private readonly IPEndPoint _at;
    private readonly TimeSpan _silenceMax;
    private readonly ILogger _logger;
    private readonly Socket _listener;
    private readonly Action<FrameSocket, PeerHello>?[] _takers = new Action<FrameSocket, PeerHello>?[3];
    private volatile PeerIdentity? _self;
    private int _greeting;
    private volatile bool _isStopped;

    /// <param name="silenceMax">How long bytes may stay unacknowledged before a connection is given up.</param>
    public PeerListener(IPEndPoint at, TimeSpan silenceMax, ILogger logger)
    {
        (_at, _silenceMax, _logger) = (at, silenceMax, logger);
        _listener = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
    }

    /// <summary>Who this server is. Before it is known every caller is a stranger.</summary>
    public PeerIdentity? Identity
    {
        get => _self;
        set => _self = value;
    }

    /// <summary>From now on, connections for this purpose are given to <paramref name="taker"/>, which owns them.</summary>
    public void Take(PeerPurpose purpose, Action<FrameSocket, PeerHello> taker) => Volatile.Write(ref _takers[(int)purpose], taker);

    /// <exception cref="SocketException">The port cannot be had.</exception>
    public void Start()
    {
        _listener.Bind(_at);
        _listener.Listen(128);
        new Thread(AcceptAll) { IsBackground = true, Name = "kv-peer-accept" }.Start();
    }

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
            var socket = new FrameSocket(accepted, _silenceMax);
            socket.ReceiveTimeoutMilliseconds = GreetingMilliseconds;
            var hello = PeerHello.Read(socket.Receive(PeerHello.Bytes));
            if (_self is not { } self || Volatile.Read(ref _takers[(int)hello.Purpose]) is not { } taker)
            {
                LogNoGreeting(_logger, "This server is not registered yet.");
                socket.Dispose();
                return;
            }

            // A vote is asked for by its own id, which every question to it names; its server's number may have changed since.
            if (hello.Cluster != self.Cluster || (hello.To != self.Self.Id && hello.Purpose != PeerPurpose.Register))
            {
                LogStranger(_logger, hello.From.Id.Value, hello.Cluster, hello.To.Value, hello.Purpose);
                socket.Dispose();
                return;
            }

            PeerDialer.SendHello(socket, self, hello.From.Id, hello.Purpose);
            socket.ReceiveTimeoutMilliseconds = 0;
            taker(socket, hello);
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

    public void Dispose()
    {
        _isStopped = true;
        _listener.Dispose();
    }

    [LoggerMessage(2010, LogLevel.Warning, "Refused a peer connection for {Purpose}: it says it is server {Server} of cluster {Cluster} and wants server {Wanted}.")]
    private static partial void LogStranger(ILogger logger, int server, ClusterId cluster, int wanted, PeerPurpose purpose);

    [LoggerMessage(2011, LogLevel.Debug, "A peer connection ended before it greeted: {Reason}")]
    private static partial void LogNoGreeting(ILogger logger, string reason);
}
