using KvCluster.Client.Diagnostics;
using KvCluster.Client.Http;
using KvCluster.Client.Topology;
using KvCluster.Protocol.Problems;

namespace KvCluster.Client.Retries;

/// <summary>One call's way through its attempts: how much time is left, whether anything is in doubt, how long to pause.</summary>
/// <remarks>
/// Doubt stays: once an attempt may have reached a server without an answer, no later refusal makes the call definite; only an
/// answer to the same request id does. A pause ends early when the key's node gets another main or epoch: that is news, so it costs
/// nothing of the retry budget; nor does a retry at a main that has served a call of the same kind since. So however many calls a
/// failover stops, they all go on when the first of them does. Everything else is a blind retry and has to be paid for.
/// </remarks>
internal sealed class RetrySession(RetryContext context, bool isWrite)
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan AttemptMinDefault = TimeSpan.FromMilliseconds(500);

    private readonly TimeSpan _attemptMin = context.TimeBudget / 4 < AttemptMinDefault ? context.TimeBudget / 4 : AttemptMinDefault;
    private readonly long _start = context.Time.GetTimestamp();
    private int _pauses;
    private KvProblem? _lastProblem;
    private Exception? _lastError;
    private string? _unassigned;

    public bool IsWrite => isWrite;
    public bool IsInDoubt { get; private set; }

    /// <summary>What is left of the time budget.</summary>
    public TimeSpan Remaining => context.TimeBudget - context.Time.GetElapsedTime(_start);

    public void OnDoubt() => IsInDoubt = true;

    public void OnFailure(KvProblem? problem, Exception? error)
    {
        _lastProblem = problem ?? _lastProblem;
        _lastError = error ?? _lastError;
    }

    /// <summary>Refreshes the topology and waits until the next attempt makes sense.</summary>
    /// <exception cref="KvClusterException">The time budget is used up.</exception>
    public async ValueTask PauseAsync(RetryReason reason, RouteKey key, NodeRoute? failed, TimeSpan? atLeast, CancellationToken cancellationToken)
    {
        if (context.Topology.Routing is not null) context.Metrics.OnRetry(reason);
        if (reason == RetryReason.NoRoute && context.Topology.Routing is not null) _unassigned = key.ToString();
        ThrowIfOver();
        var served = failed?.Main.Served(isWrite);
        var changed = context.Topology.Changed;
        if (TakeNews(key, failed)) return;
        await RefreshAsync(changed, cancellationToken).ConfigureAwait(false);
        var pause = NextPause(atLeast);
        do
        {
            if (TakeNews(key, failed)) return;
            ThrowIfOver();
            await WaitAsync(changed, pause, cancellationToken).ConfigureAwait(false);
            changed = context.Topology.Changed;
            pause = PauseMin * 2;
        }
        while (!TakeNews(key, failed) && !ServesAgain(failed, served, atLeast) && !context.Budget.TrySpend());
    }

    /// <summary>The exception that ends the call now.</summary>
    public KvClusterException ToException() => ToException(IsInDoubt);

    /// <summary>The exception that ends one operation of the call now.</summary>
    public KvClusterException ToException(bool inDoubt)
    {
        var why = (_lastProblem is { } problem ? ProblemText.Of(problem) : null) ?? _lastError?.Message ?? (_unassigned is null ? "no server answered" : $"no node has {_unassigned}");
        if (inDoubt)
        {
            return new KvOutcomeUnknownException($"The outcome of the write is unknown: {why}", _lastError) { TraceId = _lastProblem?.TraceId };
        }

        return new KvUnavailableException($"The cluster did not answer within {context.TimeBudget}: {why}", _lastError)
        {
            Code = _lastProblem?.Code ?? (_unassigned is null ? ProblemCode.NotReady : ProblemCode.SlotNotAssigned),
            IsTransient = true,
            TraceId = _lastProblem?.TraceId,
        };
    }

    // An attempt that has no time to be answered would only bring doubt.
    private void ThrowIfOver()
    {
        if (Remaining < _attemptMin) throw ToException();
    }

    // A server that has too much to do serves others all the time: that is no reason to ask it again.
    private bool ServesAgain(NodeRoute? failed, long? served, TimeSpan? atLeast) => atLeast is null && failed?.Main.Served(isWrite) != served;

    /// <summary>After news the pauses begin anew: the next server deserves quick attempts as the first one did.</summary>
    private bool TakeNews(RouteKey key, NodeRoute? failed)
    {
        if (!HasNews(key, failed)) return false;
        _pauses = 0;
        return true;
    }

    private bool HasNews(RouteKey key, NodeRoute? failed) =>
        key.FindIn(context.Topology.Routing) is { } now && (failed is null || now.Main != failed.Main || now.Epoch > failed.Epoch || now.Id != failed.Id);

    // The news may be pushed while the asking takes its time, and a call that knows a route need not wait for a better one for long.
    private async ValueTask RefreshAsync(Task changed, CancellationToken cancellationToken)
    {
        var refresh = context.Topology.RefreshAsync(cancellationToken);
        var patience = context.Topology.Routing is null || Remaining < PauseMax ? Remaining : PauseMax;
        try
        {
            await Task.WhenAny(refresh, changed).WaitAsync(patience, context.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            if (context.Topology.Routing is null) throw ToException();
        }
    }

    private TimeSpan NextPause(TimeSpan? atLeast)
    {
        var longest = TimeSpan.FromTicks(Math.Min(PauseMin.Ticks << Math.Min(_pauses++, 10), PauseMax.Ticks));
        var jittered = longest * (0.5 + (Random.Shared.NextDouble() / 2));
        return atLeast > jittered ? atLeast.Value : jittered;
    }

    private async ValueTask WaitAsync(Task changed, TimeSpan pause, CancellationToken cancellationToken)
    {
        var wait = pause < Remaining ? pause : Remaining;
        if (wait <= TimeSpan.Zero) return;
        using var early = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(changed, Task.Delay(wait, context.Time, early.Token)).ConfigureAwait(false);
        await early.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
