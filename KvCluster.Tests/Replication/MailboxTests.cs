using KvCluster.Node.Replication;

namespace KvCluster.Tests.Replication;

public class MailboxTests
{
    [Fact]
    public void TakeAll_ItemBelowWhatIsAwaited_DoesNotEndTheWaitButIsTakenAlong()
    {
        var mailbox = new Mailbox<int>();
        var taken = new List<int>();
        mailbox.Post(1, Urgency.Gathers);
        mailbox.Post(2, Urgency.Disk);

        // Nothing urgent enough is there, so the whole wait passes; then everything is handed over.
        Assert.True(mailbox.TakeAll(ref taken, TimeSpan.FromMilliseconds(1), Urgency.Now));

        Assert.Equal([1, 2], taken);
    }

    [Fact]
    public async Task Post_OfAnUrgentItem_EndsTheWait()
    {
        var mailbox = new Mailbox<int>();
        var reader = Reader(mailbox, Urgency.Now, until: 2);
        mailbox.Post(1, Urgency.Gathers);
        mailbox.Post(2);

        Assert.Equal([1, 2], await reader);
    }

    [Fact]
    public async Task Close_EndsTheWait_AndHandsOverWhatIsLeft()
    {
        var mailbox = new Mailbox<int>();
        var reader = Reader(mailbox, Urgency.Now, until: -1);
        mailbox.Post(1, Urgency.Gathers);
        mailbox.Close();

        Assert.Equal([1], await reader);
        Assert.False(mailbox.Post(2));
    }

    [Fact]
    public async Task ManyThreads_PostAndLookAway_NoItemIsLostNorReordered()
    {
        const int writers = 4;
        const int each = 20_000;
        var mailbox = new Mailbox<(int Writer, int Number)>();
        var posting = Enumerable.Range(0, writers).Select(writer => Task.Factory.StartNew(() =>
        {
            for (var i = 0; i < each; i++) mailbox.Post((writer, i), (Urgency)(i % 3));
        }, TaskCreationOptions.LongRunning)).ToArray();
        var reading = Task.Factory.StartNew(() =>
        {
            var next = new int[writers];
            var batch = new List<(int Writer, int Number)>();
            var count = 0;
            while (mailbox.TakeAll(ref batch, Timeout.InfiniteTimeSpan, (Urgency)(count % 3)))
            {
                foreach (var (writer, number) in batch) Assert.Equal(next[writer]++, number);
                count += batch.Count;
                batch.Clear();
            }

            return count;
        }, TaskCreationOptions.LongRunning);

        await Task.WhenAll(posting);
        mailbox.Close();
        Assert.Equal(writers * each, await reading);
    }

    private static Task<List<int>> Reader(Mailbox<int> mailbox, Urgency awaited, int until) => Task.Factory.StartNew(() =>
    {
        var all = new List<int>();
        var batch = new List<int>();
        while (mailbox.TakeAll(ref batch, Timeout.InfiniteTimeSpan, awaited))
        {
            all.AddRange(batch);
            batch.Clear();
            if (all.Contains(until)) break;
        }

        return all;
    }, TaskCreationOptions.LongRunning);
}
