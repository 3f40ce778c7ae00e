using System.IO.Hashing;
using KvCluster.Core.Log;
using KvCluster.Core.Replication;
using KvCluster.Core.Replication.Effects;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Core.Replication.Messages;
using KvCluster.Core.State;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Replication;

/// <summary>A snapshot and everything that can come between its offer and its installation.</summary>
public sealed class SnapshotTests
{
    private static readonly SnapshotId Id = new(0, new Epoch(1), new LogIndex(5), Guid.Empty);
    private readonly List<ReplicationEffect> _effects = [];
    private long _micros = 1_000_000;

    // Server 1 has applied an entry that server 2, main since, never had.
    private static CorePair Parted()
    {
        var pair = CorePair.InSync(WriteMode.Relaxed);
        pair.IsLinkUp = false;
        pair.Write(1, "applied at one server only");
        pair.Change(pair.Configuration with { Epoch = pair.Configuration.Epoch.Next, Main = CorePair.Member(2, 1).Id, InSync = [CorePair.Member(2, 1).Id] });
        pair.Run();
        return pair;
    }

    [Fact]
    public void ReplicaOfAnotherHistory_IsNeverFresh()
    {
        var pair = Parted();
        pair.Loses = send => send.Message is SnapshotOffer;
        pair.IsLinkUp = true;
        pair.Pass(1_000);
        Assert.Equal(ReplicaRole.Learner, pair[1].Core.Role);
        Assert.Equal(0, pair[1].FreshAsOf);
        pair.Loses = _ => false;
        pair.Write(2, "new");
        pair.Pass(3_000);
        Assert.NotEqual(0, pair[1].FreshAsOf);
    }

    [Fact]
    public void LearnerPromotedWhileItsStateIsReplaced_LeadsWhenThatIsDone()
    {
        var pair = Parted();
        pair[1].HoldsInstalls = true;
        pair.Write(2, "new");
        pair.IsLinkUp = true;
        for (var i = 0; i < 300 && !pair[1].IsInstallHeld; i++) pair.Pass(10);
        Assert.True(pair[1].IsInstallHeld);
        pair.Kill(2);
        pair.Change(pair.Configuration with { Lineage = 1, Epoch = pair.Configuration.Epoch.Next, Main = CorePair.Member(1, 1).Id, InSync = [CorePair.Member(1, 1).Id] });
        pair.Pass(100);
        Assert.Equal(ReplicaRole.None, pair[1].Core.Role);
        var held = pair[1].Core.Last;
        pair[1].FinishInstall();
        pair.Pass(100);
        Assert.Equal(ReplicaRole.Main, pair[1].Core.Role);
        Assert.NotEqual(held, pair[1].Core.Base);
        pair.Write(1, "after");
        Assert.Equal(["new", "after"], pair[1].State);
    }

    [Fact]
    public void SnapshotForALearnerThatNeverComesBack_IsLetGo()
    {
        var pair = Parted();
        pair.Loses = send => send.Message is SnapshotOffer;
        pair.Write(2, "new");
        pair.IsLinkUp = true;
        pair.Pass(1_000);
        pair.Kill(1);
        var before = pair[2].SnapshotsClosed;
        pair.Pass((int)(CorePair.Options.SnapshotPatienceMicroseconds / 1_000) + 2_000);
        Assert.Equal(before + 1, pair[2].SnapshotsClosed);
    }

    [Fact]
    public void StagedSnapshot_BehindEntriesThatWereNotAcknowledgedYet_IsDropped()
    {
        var core = Learner();
        Step(core, Received(new SnapshotOffer(new Epoch(2), Id, default)), new SnapshotStaged(Id, 0), Received(Chunk()));

        // Taken in the same batch: their acknowledgement is on its way to the disk.
        Step(core, Received(new Append(new Epoch(2), default, Entries(8), LogIndex.Zero)), new SnapshotStaged(Id, 1));
        Assert.DoesNotContain(_effects, effect => effect is InstallSnapshotEffect);
        Assert.Equal(8, core.Last.Index.Value);
    }

    [Fact]
    public void LastChunkOnceMore_BehindWhatTheLogHasByNow_InstallsNothing()
    {
        var core = Learner();
        Step(core, Received(new SnapshotOffer(new Epoch(2), Id, default)), new SnapshotStaged(Id, 1));
        Step(core, Received(new Append(new Epoch(2), default, Entries(8), LogIndex.Zero)), new BatchEnded());
        Step(core, Received(Chunk()));
        Assert.DoesNotContain(_effects, effect => effect is InstallSnapshotEffect);
    }

    [Fact]
    public void Installation_IsNotFollowedByEntriesOfTheOldLog()
    {
        var core = Learner();
        Step(core, Received(new SnapshotOffer(new Epoch(2), Id, default)), new SnapshotStaged(Id, 0), Received(Chunk()));
        _effects.Clear();
        Step(core, Received(new Append(new Epoch(2), default, Entries(3), LogIndex.Zero)), new SnapshotStaged(Id, 1), new BatchEnded());
        Assert.Contains(_effects, effect => effect is InstallSnapshotEffect);
        Assert.DoesNotContain(_effects, effect => effect is PersistEffect or SendEffect { Message: AppendAck });
    }

    private static ReplicationCore Learner()
    {
        var core = new ReplicationCore(new CoreStart(CorePair.Member(1, 1), 0, default, default, default, [], default), CorePair.Options);
        var configuration = new NodeConfiguration(
            new NodeId(1), 0, new Epoch(2), new ServerId(2), [new ServerId(2)], [CorePair.Member(1, 1), CorePair.Member(2, 1)], WriteMode.InSync, (0, 1));
        core.Step(new ConfigurationChanged(configuration), new Now(1_000_000, 1_000), []);
        return core;
    }

    private void Step(ReplicationCore core, params ReplicationInput[] inputs)
    {
        foreach (var input in inputs) core.Step(input, new Now(++_micros, 1_000), _effects);
    }

    private static MessageReceived Received(PeerMessage message) => new(CorePair.Member(2, 1), message);

    private static SnapshotChunk Chunk() => new(new Epoch(2), Id, 0, true, Crc32.HashToUInt32([1]), new byte[] { 1 });

    private static LogEntry[] Entries(int count) =>
        [.. Enumerable.Range(1, count).Select(index => new LogEntry(new Epoch(1), new LogIndex(index), new Revision((ulong)index), EntryKind.Command, new byte[] { 1 }))];
}
