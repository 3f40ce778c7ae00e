using System.Collections.Concurrent;
using KvCluster.Core.Replication;

namespace KvCluster.Node.Store;

/// <summary>Who waits under which token. The core knows tokens only.</summary>
internal sealed class WaitingRequests
{
    private const int PooledMax = 1_024;
    private readonly ConcurrentDictionary<long, WaitingRequest> _byToken = new();
    private readonly ConcurrentQueue<WaitingRequest> _pool = new();
    private long _token;

    public (long Token, ValueTask<WriteResult> Task) Add()
    {
        if (!_pool.TryDequeue(out var request)) request = new WaitingRequest { OnTaken = Return };
        var token = Interlocked.Increment(ref _token);
        var task = request.Task;
        _byToken[token] = request;
        return (token, task);
    }

    public void Complete(long token, WriteResult result)
    {
        if (token != 0 && _byToken.TryRemove(token, out var request)) request.Complete(result);
    }

    public void Refuse(long token, Refusal refusal) => Complete(token, WriteResult.Refused(refusal));

    /// <summary>The server stops: nobody can say any more what becomes of what is under way.</summary>
    public void AbandonAll()
    {
        foreach (var token in _byToken.Keys) Refuse(token, Refusal.Unknown);
    }

    private void Return(WaitingRequest request)
    {
        if (_pool.Count < PooledMax) _pool.Enqueue(request);
    }
}
