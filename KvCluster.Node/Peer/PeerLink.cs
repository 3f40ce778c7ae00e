using System.Net.Sockets;
using KvCluster.Core.Replication;
using KvCluster.Core.Replication.Effects;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Core.Replication.Messages;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Peer;

/// <summary>
/// Keeps this server connected with the other server of its node: one connection for beacons, one for entries. The server with
/// the lower id dials, whoever is main. What a connection proves is the other's run; the core decides whether that run counts.
/// </summary>
internal sealed partial class PeerLink : IDisposable
{
    private static readonly TimeSpan RedialPause = TimeSpan.FromMilliseconds(50);
    private readonly PeerIdentity _self;
    private readonly TimeSpan _silenceMax;
    private readonly Action<ReplicationInput> _loop;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly PeerConnection?[] _connections = new PeerConnection?[2];
    private readonly ManualResetEventSlim _changed = new(false, spinCount: 0);
    private ServerInfo? _peer;
    private volatile bool _isStopped;
    private volatile bool _hasWithdrawn;

    public PeerLink(PeerListener listener, TimeSpan silenceMax, Action<ReplicationInput> loop, ILogger logger)
    {
        _self = listener.Identity ?? throw new ArgumentException("The peer port does not know who this server is.", nameof(listener));
        (_silenceMax, _loop, _logger) = (silenceMax, loop, logger);
        listener.Take(PeerPurpose.Beacons, OnGreeted);
        listener.Take(PeerPurpose.Entries, OnGreeted);
    }

    public void Start() => new Thread(DialAll) { IsBackground = true, Name = "kv-peer-dial" }.Start();

    /// <summary>The topology names another peer, or none.</summary>
    public void SetPeer(ServerInfo? peer)
    {
        lock (_lock) _peer = peer;
        _changed.Set();
    }

    /// <summary>Sends on the right connection; without one the message is lost, which the core expects of any message.</summary>
    public void Send(SendEffect send)
    {
        PeerConnection? connection;
        lock (_lock) connection = _connections[(int)PurposeOf(send.Message)];
        if (connection is not null && connection.Remote == send.To) connection.Send(send.Message);
    }

    private static PeerPurpose PurposeOf(PeerMessage message) =>
        message is Beacon or BeaconAck or FreshnessAnswer or LeaseReleased or EpochRefused or LogProbe ? PeerPurpose.Beacons : PeerPurpose.Entries;

    private void DialAll()
    {
        while (!_isStopped)
        {
            foreach (var purpose in (ReadOnlySpan<PeerPurpose>)[PeerPurpose.Beacons, PeerPurpose.Entries])
                if (WhomToDial(purpose) is { } peer) Dial(peer, purpose);
            _changed.Wait(RedialPause);
            _changed.Reset();
        }
    }

    private ServerInfo? WhomToDial(PeerPurpose purpose)
    {
        lock (_lock)
        {
            if (_hasWithdrawn || _peer is null || _peer.Id < _self.Self.Id) return null;
            var connection = _connections[(int)purpose];
            return connection is null || connection.Remote.Id != _peer.Id ? _peer : null;
        }
    }

    private void Dial(ServerInfo peer, PeerPurpose purpose)
    {
        try
        {
            var (socket, hello) = PeerDialer.Dial(peer.Peer, _self, peer.Id, purpose, _silenceMax);
            Adopt(socket, hello.From, purpose);
        }
        catch (Exception failure) when (failure is SocketException or InvalidDataException or ObjectDisposedException or ArgumentException)
        {
            LogDialFailed(_logger, peer.Name, peer.Peer, failure.Message);
        }
    }

    // Whoever is not the other server of this node, as far as the topology is known here, is heard when it is.
    private void OnGreeted(FrameSocket socket, PeerHello hello)
    {
        ServerId? expected;
        lock (_lock) expected = _peer?.Id;
        if (expected == hello.From.Id) Adopt(socket, hello.From, hello.Purpose);
        else socket.Dispose();
    }

    private void Adopt(FrameSocket socket, Member remote, PeerPurpose purpose)
    {
        var connection = new PeerConnection(socket, remote, purpose, (from, message) => _loop(new MessageReceived(from, message)), OnEnded);
        PeerConnection? old;
        lock (_lock)
        {
            old = _connections[(int)purpose];
            _connections[(int)purpose] = connection;
        }

        old?.Dispose();
        connection.Start();
        LogConnected(_logger, purpose, remote.Id.Value, remote.Incarnation.Value);
        _loop(new PeerDisconnected());
        if (_isStopped || _hasWithdrawn) connection.Dispose();
    }

    /// <summary>From here on nothing is said to the other server and nothing heard from it: for it this server is gone.</summary>
    public void Withdraw()
    {
        _hasWithdrawn = true;
        EndAll();
    }

    private void OnEnded(PeerConnection connection, string reason)
    {
        lock (_lock)
        {
            if (_connections[(int)connection.Purpose] != connection) return;
            _connections[(int)connection.Purpose] = null;
        }

        LogEnded(_logger, connection.Purpose, connection.Remote.Id.Value, reason);
        _loop(new PeerDisconnected());
        _changed.Set();
    }

    public void Dispose()
    {
        _isStopped = true;
        EndAll();
        _changed.Set();
    }

    private void EndAll()
    {
        PeerConnection?[] open;
        lock (_lock) open = [.. _connections];
        foreach (var connection in open) connection?.Dispose();
    }

    [LoggerMessage(2001, LogLevel.Information, "Connected for {Purpose} with server {Server}, run {Incarnation}.")]
    private static partial void LogConnected(ILogger logger, PeerPurpose purpose, int server, long incarnation);

    [LoggerMessage(2002, LogLevel.Information, "The connection for {Purpose} with server {Server} ended: {Reason}.")]
    private static partial void LogEnded(ILogger logger, PeerPurpose purpose, int server, string reason);

    [LoggerMessage(2003, LogLevel.Debug, "Could not reach {Name} at {Address}: {Reason}")]
    private static partial void LogDialFailed(ILogger logger, string name, string address, string reason);
}
