using KvCluster.Core.Replication.Inputs;
using KvCluster.Node.Replication;

namespace KvCluster.Tests.Replication;

public class InputQueueTests
{
    private readonly InputQueue _queue = new();

    [Fact]
    public void Post_WhenNobodyHasTheTurn_GivesItToWhoWantsIt()
    {
        Assert.Equal(InputTurn.Yours, Post(1, Urgency.Gathers));
        Assert.Equal(InputTurn.NotNeeded, Post(2, Urgency.Now));
        Assert.Equal([1, 2], Take());
    }

    [Fact]
    public void Post_OfSomebodyWhoMustNotStep_LeavesTheTurnOpen()
    {
        Assert.Equal(InputTurn.Open, Post(1, Urgency.Now, isWanted: false));
        Assert.True(_queue.TryEnter());
        Assert.False(_queue.TryEnter());
    }

    [Fact]
    public void Post_BelowWhatIsAwaited_WaitsForTheNextTurn()
    {
        Assert.True(_queue.TryEnter());
        Assert.True(_queue.TryLeave(Urgency.Disk));
        Assert.Equal(InputTurn.NotNeeded, Post(1, Urgency.Gathers));
        Assert.Equal(InputTurn.Yours, Post(2, Urgency.Disk));
        Assert.Equal([1, 2], Take());
    }

    [Fact]
    public void TryLeave_WhenSomethingUrgentCame_KeepsTheTurn()
    {
        Assert.Equal(InputTurn.Yours, Post(1, Urgency.Now));
        Assert.Equal([1], Take());
        Post(2, Urgency.Now);
        Assert.False(_queue.TryLeave(Urgency.Gathers));
        Assert.Equal([2], Take());
        Assert.True(_queue.TryLeave(Urgency.Gathers));
        Assert.True(_queue.TryEnter());
    }

    [Fact]
    public void Close_TakesNothingMore_AndEndsTheTurnWhateverIsLeft()
    {
        Assert.Equal(InputTurn.Yours, Post(1, Urgency.Now));
        _queue.Close();

        Assert.False(_queue.Post(new WriteDurable(2), Urgency.Now, true, out var turn));
        Assert.Equal(InputTurn.NotNeeded, turn);
        Assert.True(_queue.TryLeave(Urgency.Gathers));
    }

    [Fact]
    public async Task ManyThreads_StepByTurns_OneAtATimeAndNothingIsLostNorReordered()
    {
        const int threads = 4;
        const int each = 20_000;
        var next = new int[threads];
        var (inTurn, most, count) = (0, 0, 0);
        List<ReplicationInput> batch = [];
        var posting = Enumerable.Range(0, threads).Select(thread => Task.Factory.StartNew(() =>
        {
            for (var i = 0; i < each; i++)
            {
                _queue.Post(new WriteDurable((thread * (long)each) + i), (Urgency)(i % 3), true, out var turn);
                if (turn != InputTurn.Yours) continue;
                do
                {
                    most = Math.Max(most, Interlocked.Increment(ref inTurn));
                    _queue.Take(ref batch);
                    foreach (var input in batch)
                    {
                        var (writer, number) = Math.DivRem(((WriteDurable)input).WriteId, each);
                        Assert.Equal(next[writer]++, number);
                        count++;
                    }

                    batch.Clear();
                    Interlocked.Decrement(ref inTurn);
                }
                while (!_queue.TryLeave((Urgency)(count % 3)));
            }
        }, TaskCreationOptions.LongRunning)).ToArray();
        await Task.WhenAll(posting);

        // What gathered behind the last turn is still there.
        _queue.Take(ref batch);
        Assert.Equal(threads * each, count + batch.Count);
        Assert.Equal(1, most);
    }

    private InputTurn Post(long number, Urgency urgency, bool isWanted = true)
    {
        Assert.True(_queue.Post(new WriteDurable(number), urgency, isWanted, out var turn));
        return turn;
    }

    private IEnumerable<long> Take()
    {
        List<ReplicationInput> taken = [];
        _queue.Take(ref taken);
        return taken.Select(input => ((WriteDurable)input).WriteId);
    }
}
