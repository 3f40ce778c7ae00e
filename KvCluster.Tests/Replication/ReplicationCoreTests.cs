using KvCluster.Core.Log;
using KvCluster.Core.Replication;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Core.Replication.Messages;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Replication;

public sealed class ReplicationCoreTests
{
    [Fact]
    public void Write_WithBothInSync_IsAnsweredWithTwoCopies()
    {
        var pair = CorePair.InSync();
        var token = pair.Write(1);
        Assert.Equal(2, pair[1].Answered[token]);
        Assert.Contains(pair[2].Log.Values, entry => entry.Payload.Length == 1);
    }

    [Fact]
    public void Write_BeforeReplicaHasItOnDisk_IsNotAnswered()
    {
        var pair = CorePair.InSync();
        pair[2].IsDiskStuck = true;
        var token = pair.Write(1);
        Assert.DoesNotContain(token, pair[1].Answered);
        Assert.DoesNotContain(token, pair[1].Refused);
    }

    [Fact]
    public void LostReplica_IsTakenOut_AndWritesGoOnWithOneCopy()
    {
        var pair = CorePair.InSync();
        pair.Kill(2);
        var waiting = pair.Write(1);
        Assert.DoesNotContain(waiting, pair[1].Answered);
        pair.Pass(1_000);
        Assert.Equal(1, pair[1].Answered[waiting]);
        Assert.Single(pair.Configuration.InSync);
        Assert.Equal(1, pair[1].Answered[pair.Write(1)]);
    }

    [Fact]
    public void ReplicaThatLearnsOfTheEpochLate_IsNotTakenForSilentAtItsFirstWord()
    {
        var pair = CorePair.InSync();
        pair.IsLinkUp = false;
        pair.Change(pair.Configuration with { Epoch = pair.Configuration.Epoch.Next });
        pair.Pass(600);

        // The links are two: what it answers on one may come before the beacon that it answers on the other.
        pair[1].Inbox.Enqueue(new MessageReceived(CorePair.Member(2, 1), new LogReport(pair.Configuration.Epoch, 0, default, pair[2].Core.Last, pair[2].Core.Applied, [new EpochStart(new Epoch(1), new LogIndex(1))])));
        pair.Pass(100);
        pair.IsLinkUp = true;
        pair.Pass(1_000);

        Assert.DoesNotContain(pair.Asked, change => change.Kind == ConfigurationChangeKind.Shrink);
        Assert.Equal(2, pair.Configuration.InSync.Length);
    }

    [Fact]
    public void BytesInFlight_AreBounded()
    {
        var pair = CorePair.InSync(options: CorePair.Options with { InFlightBytesMax = 1_000 });
        pair[2].IsDiskStuck = true;
        var payload = new string('x', 300);
        var waiting = new[] { pair.Write(1, payload), pair.Write(1, payload) };
        var refused = pair.Write(1, new string('x', 600));
        Assert.Equal(Refusal.Overloaded, pair[1].Refused[refused]);
        Assert.DoesNotContain(waiting, pair[1].Refused.ContainsKey);

        pair[2].IsDiskStuck = false;
        pair.Write(1);
        Assert.All(waiting, token => Assert.True(pair[1].Answered.ContainsKey(token)));

        // What is applied counts no more, and one that is larger than the bound has its turn alone.
        Assert.True(pair[1].Answered.ContainsKey(pair.Write(1, new string('x', 600))));
        Assert.True(pair[1].Answered.ContainsKey(pair.Write(1, new string('x', 5_000))));
    }

    [Fact]
    public void LostReplica_InStrictMode_RefusesNewWritesAndStillReads()
    {
        var pair = CorePair.InSync(WriteMode.Strict);
        pair.Kill(2);
        var waiting = pair.Write(1);
        pair.Pass(1_000);
        var refused = pair.Write(1);
        Assert.Equal(Refusal.ReplicaUnavailable, pair[1].Refused[refused]);
        Assert.DoesNotContain(waiting, pair[1].Answered);
        Assert.Equal(long.MaxValue, pair[1].LeaseUntil);
        pair.Pass(5_000);
        Assert.Equal(Refusal.Unknown, pair[1].Refused[waiting]);
    }

    [Fact]
    public void LostMain_IsReplacedAfterGrace_AndNothingIsLost()
    {
        var pair = CorePair.InSync();
        pair.Write(1, "acknowledged");
        pair.Kill(1);
        pair.Pass(600);
        Assert.Equal(ReplicaRole.Replica, pair[2].Core.Role);
        pair.Pass(300);
        Assert.Equal(ReplicaRole.Main, pair[2].Core.Role);
        Assert.Equal(["acknowledged"], pair[2].State);
        Assert.Equal(1, pair[2].Answered[pair.Write(2, "next")]);
    }

    [Fact]
    public void MainCutFromItsReplica_StopsServingBeforeTheReplicaServes()
    {
        var pair = CorePair.InSync();
        pair.IsLinkUp = false;
        pair.IsMasterUp = false;
        pair.Pass(700);
        Assert.True(pair[1].LeaseUntil < pair.Micros, "The old main's lease must be over before the grace period is.");
        Assert.Equal(0, pair[2].LeaseUntil);
    }

    [Fact]
    public void DeposedMain_CutsItsUnacknowledgedTail_AndFollows()
    {
        var pair = CorePair.InSync();
        pair.Write(1, "kept");
        pair.IsLinkUp = false;
        var lost = pair.Write(1, "never acknowledged");
        pair.Change(pair.Configuration with { Epoch = pair.Configuration.Epoch.Next, Main = CorePair.Member(2, 1).Id, InSync = [CorePair.Member(2, 1).Id] });
        pair.Run();
        Assert.Equal(Refusal.Unknown, pair[1].Refused[lost]);
        pair.Write(2, "new");
        pair.IsLinkUp = true;
        pair.Pass(2_000);
        Assert.Equal(["kept", "new"], pair[1].State);
        Assert.Equal(["kept", "new"], pair[2].State);
        Assert.Equal(2, pair.Configuration.InSync.Length);
    }

    [Fact]
    public void NewLearner_GetsTheLog_AndJoins()
    {
        var pair = new CorePair();
        for (var i = 0; i < 50; i++) pair.Write(1, $"{i}");
        pair.AddReplica();
        pair.Pass(500);
        Assert.Equal(pair[1].State, pair[2].State);
        Assert.Equal(ReplicaRole.Replica, pair[2].Core.Role);
        Assert.Equal(0, pair[2].SnapshotsInstalled);
    }

    [Fact]
    public void LearnerOfAnotherHistory_GetsASnapshot_AndJoins()
    {
        var pair = CorePair.InSync(WriteMode.Relaxed);
        pair.IsLinkUp = false;
        pair.Write(1, "applied at one server only");
        Assert.Contains("applied at one server only", pair[1].State);
        pair.Change(pair.Configuration with { Epoch = pair.Configuration.Epoch.Next, Main = CorePair.Member(2, 1).Id, InSync = [CorePair.Member(2, 1).Id] });
        pair.Run();
        pair.Write(2, "new");
        pair.IsLinkUp = true;
        pair.Pass(3_000);
        Assert.Equal(1, pair[1].SnapshotsInstalled);
        Assert.Equal(pair[2].State, pair[1].State);
        Assert.Equal(2, pair.Configuration.InSync.Length);
        pair.Write(2, "after");
        pair.Pass(200);
        Assert.Equal(["new", "after"], pair[1].State);
    }

    [Fact]
    public void Joiner_CountsForAcknowledgements_FromBeforeItIsProposed()
    {
        var pair = new CorePair();
        pair.IsMasterUp = true;
        pair.AddReplica();
        pair.IsMasterUp = false;
        pair.Pass(300);
        Assert.True(pair[1].Core.RequiresPeer);
        Assert.NotEqual(long.MaxValue, pair[1].LeaseUntil);
        pair[2].IsDiskStuck = true;
        var token = pair.Write(1);
        Assert.DoesNotContain(token, pair[1].Answered);
    }

    [Fact]
    public void HandOver_SwapsRolesAtOnce_WithoutWaitingForGrace()
    {
        var pair = CorePair.InSync();
        pair.Write(1, "before");
        pair[1].Inbox.Enqueue(new HandOverRequested(99, false));
        pair.Run();
        pair.Pass(100);
        Assert.Equal(ReplicaRole.Main, pair[2].Core.Role);
        Assert.Equal(Refusal.None, pair[1].Refused[99]);
        Assert.Equal(2, pair.Configuration.InSync.Length);
        Assert.Equal(2, pair[2].Answered[pair.Write(2, "after")]);
        Assert.Contains(pair.Asked, change => change.Kind == ConfigurationChangeKind.HandOver);
    }

    [Fact]
    public void HandOver_OfALeavingMain_DoesNotWaitForItAgain()
    {
        var pair = CorePair.InSync();
        pair[1].Inbox.Enqueue(new HandOverRequested(99, true));
        pair.Run();
        pair.Pass(300);
        Assert.Equal(ReplicaRole.Main, pair[2].Core.Role);

        // The leaver still answers, and the master is about to go with it.
        Assert.Equal([CorePair.Member(2, 1).Id], pair.Configuration.InSync);
        pair.Kill(1);
        pair.IsMasterUp = false;
        Assert.Equal(1, pair[2].Answered[pair.Write(2, "after")]);
    }

    [Fact]
    public void MainWithoutAWorkingDisk_FallsSilent_AndIsReplaced()
    {
        var pair = CorePair.InSync();
        pair[1].IsDiskStuck = true;
        var token = pair.Write(1);
        pair.Pass(2_000);
        Assert.Equal(CorePair.Member(2, 1).Id, pair.Configuration.Main);
        Assert.DoesNotContain(token, pair[1].Answered);
    }

    [Fact]
    public void Replica_KnowsHowFreshItIs()
    {
        var pair = CorePair.InSync();
        pair.Pass(300);
        Assert.InRange(pair.Micros - pair[2].FreshAsOf, 0, 200_000);
        pair.IsLinkUp = false;
        pair.Pass(400);
        Assert.True(pair.Micros - pair[2].FreshAsOf >= 400_000);
    }

    [Fact]
    public void ReadInDoubt_IsConfirmedByABeaconSentAfterIt()
    {
        var pair = CorePair.InSync();
        pair[1].Inbox.Enqueue(new ReadConfirmationRequested(7));
        pair.Run();
        pair.Pass(10);
        Assert.Equal(Refusal.None, pair[1].Refused[7]);
        pair.IsLinkUp = false;
        pair.IsMasterUp = false;
        pair[1].Inbox.Enqueue(new ReadConfirmationRequested(8));
        pair.Pass(1_200);
        Assert.Equal(Refusal.LeaseLost, pair[1].Refused[8]);
    }
}
