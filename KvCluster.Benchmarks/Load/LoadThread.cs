using System.Diagnostics;
using KvCluster.Benchmarks.Sockets;
using KvCluster.Benchmarks.Wire;

namespace KvCluster.Benchmarks.Load;

/// <summary>Drives some clients on one thread: begins requests at the given pace, reads answers as they come.</summary>
internal sealed class LoadThread : IDisposable
{
    private static readonly long RestAfterLoss = LoadWindow.Ticks(TimeSpan.FromMilliseconds(100));
    private readonly ITarget _target;
    private readonly IOperationSource _operations;
    private readonly ReadinessLoop _loop = new();
    private readonly LoadClient[] _clients;
    private readonly Queue<LoadClient> _idle = new();
    private readonly Queue<(long Until, LoadClient Client)> _resting = new();
    private readonly byte[] _scratch;
    private LoadWindow _window;
    private int _busy;
    private bool _hasMore = true;

    public LoadThread(ITarget target, IOperationSource operations, int clients)
    {
        _target = target;
        _operations = operations;
        _clients = [.. Enumerable.Range(0, clients).Select(number => new LoadClient(target, _loop, number))];
        _scratch = new byte[target.RequestBytesMax];
    }

    public LoadTally Tally { get; } = new();

    /// <returns>False when a server cannot be reached.</returns>
    public bool TryConnect() => _clients.All(client => client.TryConnectEverywhere());

    public void Run(Pace pace, LoadWindow window, CancellationToken cancellation)
    {
        _window = window;
        foreach (var client in _clients)
            _idle.Enqueue(client);
        while (!cancellation.IsCancellationRequested)
        {
            var now = Stopwatch.GetTimestamp();
            WakeResting(now);
            while (_idle.Count > 0 && TryBegin(_idle.Peek(), pace, ref now))
                _idle.Dequeue();
            var isDone = _busy == 0 && (!_hasMore || pace.IsOver(now));
            if (isDone || now >= _window.GiveUpAt)
                break;
            Receive(_loop.Wait(WakeAt(pace, now)), pace);
        }

        Tally.CountError(LoadTally.Unanswered, _busy + pace.Waiting(Stopwatch.GetTimestamp()));
    }

    public void Dispose()
    {
        foreach (var client in _clients)
            client.Dispose();
        _loop.Dispose();
    }

    private void Receive(int ready, Pace pace)
    {
        for (var place = 0; place < ready; place++)
        {
            var token = _loop.Token(place);
            var client = _clients[LoadClient.ClientOfToken(token, _target.Servers.Length)];
            var wasBusy = client.IsBusy;
            var result = client.Receive(token, out var answer);
            if (!wasBusy || client.IsBusy)
                continue;
            _busy--;
            OnEnd(client, result, answer, pace);
        }
    }

    private void OnEnd(LoadClient client, ReceiveResult result, Answer answer, Pace pace)
    {
        var now = Stopwatch.GetTimestamp();
        if (result == ReceiveResult.Lost)
        {
            OnLoss(client, now);
            return;
        }

        Tally.OnAnswer(client.Operation.Kind, client.Intended, now, answer, _window);
        if (!TryBegin(client, pace, ref now))
            _idle.Enqueue(client);
    }

    /// <returns>True when the client is no longer idle.</returns>
    private bool TryBegin(LoadClient client, Pace pace, ref long now)
    {
        if (!_hasMore || !pace.TryBegin(now, out var intended))
            return false;
        _hasMore = _operations.TryNext(out var operation);
        if (!_hasMore)
        {
            _window = _window.Exhausted(now);
            return false;
        }

        if (client.TryStart(operation, intended, _scratch))
            _busy++;
        else
            OnLoss(client, now);
        now = Stopwatch.GetTimestamp();
        return true;
    }

    /// <summary>A client that lost its server rests a little: asking a dead server again at once would only heat the machine.</summary>
    private void OnLoss(LoadClient client, long now)
    {
        Tally.CountError(LoadTally.ConnectionLost);
        _resting.Enqueue((now + RestAfterLoss, client));
    }

    private void WakeResting(long now)
    {
        while (_resting.TryPeek(out var first) && first.Until <= now)
            _idle.Enqueue(_resting.Dequeue().Client);
    }

    private long WakeAt(Pace pace, long now)
    {
        var wakeAt = pace.IsOver(now) ? _window.GiveUpAt : _window.MeasureUntil;
        if (_idle.Count > 0 && _hasMore && !pace.IsOver(now))
            wakeAt = Math.Min(wakeAt, pace.NextAt);
        return _resting.TryPeek(out var first) ? Math.Min(wakeAt, first.Until) : wakeAt;
    }
}
