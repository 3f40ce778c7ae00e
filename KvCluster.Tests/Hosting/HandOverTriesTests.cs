using KvCluster.Core.Replication;
using KvCluster.Node.Host;

namespace KvCluster.Tests.Hosting;

/// <summary>A server that stops gives its node away within one bound, however often it has to try.</summary>
public sealed class HandOverTriesTests
{
    private readonly SkippingTime _time = new();
    private int _tries;

    [Fact]
    public async Task Refused_TriesAgainUntilItIsTaken()
    {
        var refusal = await HandOverTries.RunAsync(() => true, _ => Task.FromResult(++_tries < 3 ? Refusal.NotReady : Refusal.None), _time, CancellationToken.None);
        Assert.Equal((Refusal.None, 3), (refusal!.Value, _tries));
    }

    [Fact]
    public async Task RefusedForEver_EndsWithThePatience()
    {
        var refusal = await HandOverTries.RunAsync(() => true, _ => Task.FromResult(Refusal.NotReady), _time, CancellationToken.None);
        Assert.Equal(Refusal.NotReady, refusal);
        Assert.InRange(_time.GetElapsedTime(0), HandOverTries.Patience, HandOverTries.Patience * 1.1);
    }

    [Fact]
    public async Task Stuck_EndsWithThePatienceForAllTriesTogether()
    {
        var stuck = new TaskCompletionSource<CancellationToken>(TaskCreationOptions.RunContinuationsAsynchronously);
        var refusal = HandOverTries.RunAsync(() => true, RefusedThenStuck, _time, CancellationToken.None);
        var deadline = await stuck.Task;

        _time.Advance(HandOverTries.Patience * 0.08);
        Assert.False(deadline.IsCancellationRequested);
        _time.Advance(HandOverTries.Patience * 0.02);
        Assert.True(deadline.IsCancellationRequested);
        Assert.Equal(Refusal.Unknown, await refusal);

        Task<Refusal> RefusedThenStuck(CancellationToken over)
        {
            if (++_tries == 1)
            {
                _time.Advance(HandOverTries.Patience * 0.9);
                return Task.FromResult(Refusal.NotReady);
            }

            var ended = new TaskCompletionSource<Refusal>();
            over.Register(() => ended.SetResult(Refusal.Unknown));
            stuck.SetResult(over);
            return ended.Task;
        }
    }

    [Fact]
    public async Task NothingToGiveAway_TriesNothing() =>
        Assert.Null(await HandOverTries.RunAsync(() => false, _ => throw new InvalidOperationException("There is nothing to try."), _time, CancellationToken.None));
}
