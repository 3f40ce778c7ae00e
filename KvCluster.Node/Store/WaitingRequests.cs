using System.Collections.Concurrent;
using System.Diagnostics;
using KvCluster.Core.Replication;
using KvCluster.Node.Diagnostics;

namespace KvCluster.Node.Store;

/// <summary>Who waits under which token. The core knows tokens only.</summary>
/// <param name="metrics">Who measures the writes among them; nobody where none is given.</param>
internal sealed class WaitingRequests(OperationMetrics? metrics = null)
{
    private const int PooledMax = 1_024;
    private readonly ConcurrentDictionary<long, WaitingRequest> _byToken = new();
    private readonly ConcurrentQueue<WaitingRequest> _pool = new();
    private long _token;

    public OperationMetrics? Metrics => metrics;

    /// <param name="operation">A write's name; empty for what is no write.</param>
    public (long Token, ValueTask<WriteResult> Task) Add(string operation = "")
    {
        if (!_pool.TryDequeue(out var request)) request = new WaitingRequest { OnTaken = Return };
        request.Operation = (operation, operation.Length == 0 ? 0 : metrics?.Begin() ?? 0);
        var token = Interlocked.Increment(ref _token);
        var task = request.Task;
        _byToken[token] = request;
        return (token, task);
    }

    /// <summary>How long the first of these has waited; nothing when none of them waits or nobody measures.</summary>
    public TimeSpan? AgeOf(IReadOnlyList<long> tokens)
    {
        for (var i = 0; i < tokens.Count; i++)
            if (tokens[i] != 0) return _byToken.TryGetValue(tokens[i], out var request) && request.Operation.Began != 0 ? Stopwatch.GetElapsedTime(request.Operation.Began) : null;
        return null;
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

    private void Return(WaitingRequest request, WriteResult result)
    {
        if (metrics is not null && request.Operation.Name.Length > 0)
        {
            metrics.End(request.Operation.Name, Operations.OutcomeOf(result), request.Operation.Began);
            if (result is { Refusal: Refusal.None, Outcome.HasEffect: true }) metrics.Acknowledged(result.Copies);
        }

        if (_pool.Count < PooledMax) _pool.Enqueue(request);
    }
}
