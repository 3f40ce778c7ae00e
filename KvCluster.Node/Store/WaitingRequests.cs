using System.Collections.Concurrent;
using System.Diagnostics;
using KvCluster.Core.Commands;
using KvCluster.Core.Replication;
using KvCluster.Node.Diagnostics;

namespace KvCluster.Node.Store;

/// <summary>Who waits under which token. The core knows tokens only.</summary>
/// <param name="metrics">Who measures the writes among them; nobody where none is given.</param>
internal sealed class WaitingRequests(OperationMetrics? metrics = null)
{
    private const int PooledMax = 1_024;
    private const int PartSize = 32;
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

    /// <summary>Somebody waits here for one of these; at a replica nobody does.</summary>
    public static bool HasCaller(IReadOnlyList<long> tokens)
    {
        for (var i = 0; i < tokens.Count; i++)
            if (tokens[i] != 0) return true;
        return false;
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
        if (token == 0 || !_byToken.TryRemove(token, out var request)) return;
        var one = new CompletedRequests(1);
        one.Add(request, result);
        one.Release();
    }

    /// <summary>Tells the writes that were carried out together: full parts of them by threads of the pool, the rest by this thread.</summary>
    /// <remarks>
    /// A part is what a thread can do in less time than it takes to wake another. Nobody who is told may wait on this thread for it: what a request
    /// goes on with never waits, and what takes long moves to the pool by itself.
    /// </remarks>
    /// <param name="tokens">The tokens of the writes; those from <paramref name="first"/> on belong to the outcomes.</param>
    public void CompleteAll(IReadOnlyList<long> tokens, int first, IReadOnlyList<Outcome> outcomes, int copies)
    {
        CompletedRequests? part = null;
        for (var i = 0; i < outcomes.Count; i++)
        {
            if (tokens[first + i] == 0 || !_byToken.TryRemove(tokens[first + i], out var request)) continue;
            part ??= new CompletedRequests(Math.Min(PartSize, outcomes.Count - i));
            part.Add(request, new WriteResult(Refusal.None, outcomes[i], copies));
            if (part.Count < PartSize) continue;
            part.Release();
            part = null;
        }

        part?.Finish();
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
