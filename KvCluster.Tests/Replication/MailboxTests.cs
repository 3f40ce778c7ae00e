using KvCluster.Node.Replication;

namespace KvCluster.Tests.Replication;

public class MailboxTests
{
    [Fact]
    public async Task Post_EndsTheWait()
    {
        var mailbox = new Mailbox<int>();
        var reader = Reader(mailbox, until: 2);
        mailbox.Post(1);
        mailbox.Post(2);

        Assert.Equal([1, 2], await reader);
    }

    [Fact]
    public async Task Close_EndsTheWait_AndHandsOverWhatIsLeft()
    {
        var mailbox = new Mailbox<int>();
        var reader = Reader(mailbox, until: -1);
        mailbox.Post(1);
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
            for (var i = 0; i < each; i++) mailbox.Post((writer, i));
        }, TaskCreationOptions.LongRunning)).ToArray();
        var reading = Task.Factory.StartNew(() =>
        {
            var next = new int[writers];
            var batch = new List<(int Writer, int Number)>();
            var count = 0;
            while (mailbox.TakeAll(ref batch, Timeout.InfiniteTimeSpan))
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

    private static Task<List<int>> Reader(Mailbox<int> mailbox, int until) => Task.Factory.StartNew(() =>
    {
        var all = new List<int>();
        var batch = new List<int>();
        while (mailbox.TakeAll(ref batch, Timeout.InfiniteTimeSpan))
        {
            all.AddRange(batch);
            batch.Clear();
            if (all.Contains(until)) break;
        }

        return all;
    }, TaskCreationOptions.LongRunning);
}
