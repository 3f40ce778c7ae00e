using KvCluster.Benchmarks.Sockets;
using KvCluster.Benchmarks.Wire;

namespace KvCluster.Benchmarks.Load;

/// <summary>One client of the target: a connection to each server, one request under way.</summary>
internal sealed class LoadClient(ITarget target, ReadinessLoop loop, int number) : IDisposable
{
    private readonly ServerConnection?[] _connections = new ServerConnection?[target.Servers.Length];
    private int _server;

    public Operation Operation { get; private set; }

    /// <summary>When the request under way should have begun.</summary>
    public long Intended { get; private set; }

    public bool IsBusy { get; private set; }

    public bool TryConnectEverywhere() => Enumerable.Range(0, _connections.Length).All(TryConnect);

    /// <returns>False when the server cannot be reached; nothing is under way then.</returns>
    public bool TryStart(Operation operation, long intended, Span<byte> scratch)
    {
        Operation = operation;
        Intended = intended;
        _server = target.ServerOf(operation.Key);
        IsBusy = TryConnect(_server) && _connections[_server]!.TrySend(operation, scratch);
        if (!IsBusy)
            Disconnect(_server);
        return IsBusy;
    }

    /// <summary>To be called when the connection with this token can be read.</summary>
    public ReceiveResult Receive(int token, out Answer answer)
    {
        answer = default;
        var server = ServerOfToken(token);
        if (_connections[server] is not { } connection)
            return ReceiveResult.Incomplete;
        var result = connection.Receive(out answer);
        if (result == ReceiveResult.Lost)
            Disconnect(server);

        // A connection that ends while nothing was asked of it is opened again when it is needed.
        var concernsRequest = IsBusy && server == _server;
        if (!concernsRequest)
            return ReceiveResult.Incomplete;
        IsBusy = result == ReceiveResult.Incomplete;
        return result;
    }

    public static int ClientOfToken(int token, int servers) => token / servers;

    public void Dispose()
    {
        foreach (var connection in _connections)
            connection?.Dispose();
    }

    private int ServerOfToken(int token) => token % _connections.Length;

    private bool TryConnect(int server)
    {
        if (_connections[server] is not null)
            return true;
        _connections[server] = ServerConnection.TryOpen(target.Servers[server], target.OpenExchange(server));
        if (_connections[server] is not { } opened)
            return false;
        loop.Add(opened.Socket, (number * _connections.Length) + server);
        return true;
    }

    private void Disconnect(int server)
    {
        if (_connections[server] is not { } connection)
            return;
        loop.Remove(connection.Socket);
        connection.Dispose();
        _connections[server] = null;
    }
}
