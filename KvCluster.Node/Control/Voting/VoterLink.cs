using KvCluster.Core.Register.Effects;
using KvCluster.Core.Register.Messages;

namespace KvCluster.Node.Control.Voting;

/// <summary>
/// The way to one voter: a thread that carries one request after the other. What cannot be delivered is forgotten, as the register
/// expects of any message; a voter that hangs holds up nobody else.
/// </summary>
internal sealed class VoterLink : IDisposable
{
    private const int WaitingMax = 16;
    private static readonly TimeSpan IdleMax = TimeSpan.FromSeconds(30);
    private readonly Func<SendRequest, RegisterAnswer?> _exchange;
    private readonly Action<SendRequest, RegisterAnswer> _answered;
    private readonly Action<VoterLink> _ended;
    private readonly Queue<SendRequest> _waiting = new();
    private readonly Thread _thread;
    private bool _isStopped;

    /// <param name="exchange">Asks the voter and waits for its answer, for a bounded time; nothing when there is none.</param>
    /// <param name="ended">Told when there was nothing to ask for long: the link takes no more.</param>
    public VoterLink(Func<SendRequest, RegisterAnswer?> exchange, Action<SendRequest, RegisterAnswer> answered, Action<VoterLink> ended)
    {
        (_exchange, _answered, _ended) = (exchange, answered, ended);
        _thread = new Thread(Run) { IsBackground = true, Name = "kv-voter-link" };
        _thread.Start();
    }

    /// <returns>False when the link has ended.</returns>
    public bool Post(SendRequest request)
    {
        lock (_waiting)
        {
            if (_isStopped) return false;

            // The oldest belong to rounds that are long over.
            if (_waiting.Count >= WaitingMax) _waiting.Dequeue();
            _waiting.Enqueue(request);
            Monitor.Pulse(_waiting);
            return true;
        }
    }

    private void Run()
    {
        while (Next() is { } request)
            if (_exchange(request) is { } answer) _answered(request, answer);
        _ended(this);
    }

    private SendRequest? Next()
    {
        lock (_waiting)
        {
            while (_waiting.Count == 0 && !_isStopped) _isStopped = !Monitor.Wait(_waiting, IdleMax);
            return _isStopped ? null : _waiting.Dequeue();
        }
    }

    public void Dispose()
    {
        lock (_waiting)
        {
            _isStopped = true;
            Monitor.Pulse(_waiting);
        }
    }
}
