using KvCluster.Core.Replication.Messages;
using KvCluster.Protocol.Contracts;

namespace KvCluster.Tests.Replication;

/// <summary>How a learner comes into the in-sync set.</summary>
public sealed class JoiningTests
{
    [Fact]
    public void LearnerWithASlowerDisk_Joins_UnderSteadyLoad()
    {
        var pair = new CorePair();
        pair.AddReplica();
        pair[2].IsDiskSlow = true;
        for (var i = 0; i < 200 && pair.Configuration.InSync.Length < 2; i++)
        {
            // Whenever the main looks, its own disk has something that the learner's has not.
            pair.Write(1);
            pair.Pass(10);
        }

        Assert.Equal(2, pair.Configuration.InSync.Length);
    }

    [Fact]
    public void JoinerThatDoesNotGetThere_IsDropped_BeforeAnybodyHeardOfIt()
    {
        var pair = new CorePair();
        pair.Add(2).IsDiskStuck = true;
        pair.Change(pair.Configuration with { Members = [.. pair.Configuration.Members, CorePair.Member(2, 1)] });
        pair.Pass(200);
        Assert.True(pair[1].Core.RequiresPeer);
        var waiting = pair.Write(1);
        Assert.DoesNotContain(waiting, pair[1].Answered);
        pair.Pass(1_000);
        Assert.Equal(1, pair[1].Answered[waiting]);
        Assert.Empty(pair.Asked);
    }

    [Fact]
    public void JoinerThatFallsSilent_AfterItWasProposed_GoesOnCounting()
    {
        var pair = new CorePair();
        pair.AddReplica();
        pair.IsMasterUp = false;
        pair.Pass(300);
        pair.Kill(2);
        var waiting = pair.Write(1);
        pair.Pass(3_000);
        Assert.DoesNotContain(waiting, pair[1].Answered);
        pair.IsMasterUp = true;
        pair.Pass(1_000);
        Assert.Equal(1, pair[1].Answered[waiting]);
    }

    [Fact]
    public void LostAppendWithoutEntries_OnAnIdleNode_IsMissed()
    {
        var pair = CorePair.InSync();
        var lost = 0;
        pair.Loses = send => send.Message is Append { Entries.Count: 0 } && lost++ == 0;
        pair.Change(pair.Configuration with { Epoch = pair.Configuration.Epoch.Next, InSync = [pair.Configuration.Main] });
        pair.Pass(5_000);
        Assert.NotEqual(0, lost);
        Assert.Equal(2, pair.Configuration.InSync.Length);
    }
}
