using KvCluster.Core.Log;
using KvCluster.Core.Replication;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Core.Replication.Messages;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;

namespace KvCluster.Tests.Replication;

/// <summary>A server that starts with less than it once had on its disk.</summary>
public sealed class OldDiskTests
{
    private static readonly string[] All = [.. Enumerable.Range(0, 10).Select(number => $"{number}")];

    private static CorePair Written()
    {
        var pair = CorePair.InSync();
        foreach (var payload in All) pair.Write(1, payload);
        return pair;
    }

    [Theory]
    [InlineData(12)]
    [InlineData(3)]
    public void MainWithAnOldDisk_GivesItsPlaceToTheReplica_AndNothingIsLost(int appliedAtTheReplica)
    {
        var pair = Written();
        var entries = pair[2].Log.Count;
        pair.Restart(2, entries, Math.Min(entries, appliedAtTheReplica));
        pair.Restart(1, 5, 5);
        pair.Pass(3_000);
        Assert.Contains(pair.Asked, change => change.Kind == ConfigurationChangeKind.Yield);
        Assert.Equal(CorePair.Member(2, 1).Id, pair.Configuration.Main);
        Assert.Equal(All, pair[2].State);
        Assert.Equal(All, pair[1].State);
        Assert.Equal(2, pair.Configuration.InSync.Length);
    }

    // The replica was filled by a snapshot that ends where the main, from its old disk, has begun its new reign.
    [Fact]
    public void MainWithAnOldDisk_GivesItsPlaceAway_WhenItsReignReachesTheBeginningOfItsReplicasLog()
    {
        var pair = Written();
        var written = pair[2].Log.Values[^1].Epoch;
        pair.Loses = send => send.Message is LogReport;
        pair.Restart(1, 5, 5);
        pair.Run();
        var (begin, end) = (pair[1].Core.Last.Index, pair[2].Log.Values[^1].Index);
        var report = new LogReport(pair.Configuration.Epoch, 0, new LogPosition(written, begin), new LogPosition(written, end), begin, [new(written, begin.Next)]);
        pair[1].Inbox.Enqueue(new MessageReceived(CorePair.Member(2, 1), report));
        pair.Run();
        var asked = Assert.Single(pair.Asked, change => change.ExpectedEpoch > written);
        Assert.Equal((ConfigurationChangeKind.Yield, CorePair.Member(2, 1).Incarnation), (asked.Kind, asked.PeerIncarnation));
        Assert.Equal(CorePair.Member(2, 1).Id, pair.Configuration.Main);
    }

    [Fact]
    public void MainWithAnOldDisk_CutsNothingOfItsReplica_WhileTheMasterIsAway()
    {
        var pair = Written();
        var entries = pair[2].Log.Count;
        pair.Restart(2, entries, 2);
        pair.Restart(1, 5, 5);
        pair.Run();
        pair.IsMasterUp = false;
        pair.Pass(3_000);
        Assert.Equal(entries, pair[2].Log.Count);
        Assert.NotEqual(ReplicaRole.Main, pair[1].Core.Role);
    }

    [Fact]
    public void ReplicaWithAnOldDisk_LeavesTheInSyncSet_UntilItHasEverything()
    {
        var pair = Written();
        pair.Restart(2, 5, 5);
        pair.Pass(3_000);
        Assert.Contains(pair.Asked, change => change.Kind == ConfigurationChangeKind.Shrink);
        Assert.Equal(All, pair[2].State);
        Assert.Equal(2, pair.Configuration.InSync.Length);
        Assert.Equal(CorePair.Member(1, 1).Id, pair.Configuration.Main);
    }

    [Fact]
    public void LateReport_OfARunThatAcknowledgedMore_ProvesNothing()
    {
        var pair = Written();
        pair[1].Inbox.Enqueue(new MessageReceived(CorePair.Member(2, 1), new LogReport(pair.Configuration.Epoch, 0, default, default, LogIndex.Zero, [])));
        pair.Pass(1_000);
        Assert.DoesNotContain(pair.Asked, change => change.Kind == ConfigurationChangeKind.Shrink);
    }

    [Fact]
    public void EntriesReadForAnEarlierReign_AreNotSent()
    {
        var pair = Written();
        pair.Kill(2);
        pair.Pass(1_000);
        var whole = pair[1].Log.Values.ToArray();
        pair.Restart(1, whole.Length, whole.Length);
        pair[1].HoldsReads = true;
        pair.Run();
        pair.Restart(2, 0, 0);
        pair.Pass(200);
        var read = Assert.Single(pair[1].HeldReads);
        pair[1].Inbox.Enqueue(new LogRead(read.From, [whole[0] with { Epoch = new Epoch(99) }]));
        pair.Run();
        Assert.DoesNotContain(pair[2].Log.Values, entry => entry.Epoch == new Epoch(99));
        pair[1].Inbox.Enqueue(new LogRead(read.From, whole));
        pair[1].HoldsReads = false;
        pair.Pass(2_000);
        Assert.Equal(All, pair[2].State);
    }

    [Fact]
    public void EntriesReadThatWereTrimmedMeanwhile_AreNotReadForEver()
    {
        var pair = new CorePair(options: CorePair.Options with { LogEntriesKept = 4, TailBytesMax = 1, JoinLagMax = 0 });
        pair.Write(1, "0");
        pair[1].HoldsReads = true;
        pair.AddReplica();
        pair.Pass(200);
        var read = Assert.Single(pair[1].HeldReads);
        var found = pair[1].Log.Values.ToArray();
        for (var number = 1; number < 20; number++) pair.Write(1, $"{number}");
        pair.Pass(200);
        Assert.True(pair[1].Core.Base.Index >= read.From);
        pair[1].Inbox.Enqueue(new LogRead(read.From, found));
        pair.Run();
        Assert.Single(pair[1].HeldReads);
        pair[1].HoldsReads = false;
        pair.Pass(3_000);
        Assert.Equal(pair[1].State, pair[2].State);
    }
}
