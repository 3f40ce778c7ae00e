using KvCluster.Core.Master;
using KvCluster.Core.Register;
using KvCluster.Core.Register.Messages;
using KvCluster.Node.Control.Voting;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;
using Microsoft.Extensions.Logging.Abstractions;

namespace KvCluster.Tests.Control;

public sealed class RestorationTests : IDisposable
{
    private static readonly Guid Vote = Guid.NewGuid();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kvcluster-restoration-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Restore_EveryNode_LeapsBeyondWhateverTheLostVotersDecided()
    {
        var lost = Registrations.Pair();
        var by = lost.Nodes[0].ReplicaServer!;
        var restored = Restoration.Restore(lost, by, Vote, leap: 7, Guid.NewGuid(), []);
        Assert.Equal((lost.Lineage + 7, lost.Generation + 1, lost.Version + 1, by.Id), (restored.Lineage, restored.Generation, restored.Version, restored.Master));
        Assert.Equal(new VoterInfo(by.Id, Vote, by.Peer), Assert.Single(restored.Voters));
        Assert.All(restored.Nodes, node => Assert.Equal(lost.Find(node.Id)!.Epoch.Value + Restoration.EpochLeap, node.Epoch.Value));
        Assert.Equal(lost.Nodes[0].InSync, restored.Nodes[0].InSync);
        Assert.Equal(lost.Nodes[0].Main, restored.Nodes[0].Main);
    }

    [Fact]
    public void Voter_ThatHasSeenARestore_RefusesTheOldRegisterForEver()
    {
        var path = Path.Combine(_folder.FullName, "voter.json");
        var voter = LocalVoter.Open(path, NullLogger.Instance, _ => { });
        var old = Registrations.Pair();
        voter.Join(old);
        var restored = Restoration.Restore(old, old.Nodes[0].MainServer, Guid.NewGuid(), leap: 3, Guid.NewGuid(), []);

        voter.Follow(restored);
        voter.Follow(old);

        var asked = new RegisterAddress(old.ClusterId, old.Lineage, old.Generation, voter.VoterId);
        Assert.Equal(new Stranger(restored.Lineage), voter.On(new Query(asked)));
        Assert.IsType<Blank>(voter.On(new Query(asked with { Lineage = restored.Lineage, Generation = restored.Generation })));
        Assert.Equal(restored.Lineage, LocalVoter.Open(path, NullLogger.Instance, _ => { }).Lineage);
    }

    [Fact]
    public void Voter_ThatRestores_HoldsTheDocumentDurably_AndDoesItOnlyForwards()
    {
        var path = Path.Combine(_folder.FullName, "voter.json");
        var voter = LocalVoter.Open(path, NullLogger.Instance, _ => { });
        var old = Registrations.Pair();
        voter.Join(old);
        var restored = Restoration.Restore(old, old.Nodes[0].MainServer, voter.VoterId, leap: 3, Guid.NewGuid(), []);

        Assert.False(voter.TryRestore(old));
        Assert.True(voter.TryRestore(restored));
        Assert.False(voter.TryRestore(restored));

        var again = LocalVoter.Open(path, NullLogger.Instance, _ => { });
        Assert.Equal((restored.Version, Ballot.Initial), (again.Newest!.Document.Version, again.Newest.Accepted));
    }

    // Five voters: the change was decided on c, d and e; b, d and e are lost, and a restores.
    [Fact]
    public void Newest_ChangeThatOnlyAnotherSurvivorsVoteHolds_IsNotGivenUp()
    {
        var known = Registrations.Pair();
        var decided = ClusterChanges.SetWriteMode(known, WriteMode.Strict).Next!.Stamp(known, Guid.NewGuid());
        var a = Survivor(known, known.Nodes[0].MainServer) with { Vote = VoteOf(known, counter: 3) };
        var c = Survivor(known, known.Nodes[0].ReplicaServer!) with { Vote = VoteOf(decided, counter: 4) };

        var newest = Restoration.Newest([a, c])!;

        Assert.Equal((decided, c, true), (newest.Document, newest.From, newest.IsVote));
        Assert.Equal((known, false), (Restoration.Newest([a])!.Document, Restoration.Newest([a])!.IsVote));
    }

    [Fact]
    public void Newest_VoteThatWasOvertaken_IsNotTakenForAChange()
    {
        var known = Registrations.Pair();
        var overtaken = ClusterChanges.SetWriteMode(known, WriteMode.Strict).Next!.Stamp(known, Guid.NewGuid());
        var decided = ClusterChanges.SetWriteMode(known, WriteMode.Relaxed).Next!.Stamp(known, Guid.NewGuid());
        var a = Survivor(known, known.Nodes[0].MainServer) with { Vote = VoteOf(overtaken, counter: 3) };
        var c = Survivor(known, known.Nodes[0].ReplicaServer!) with { Vote = VoteOf(decided, counter: 4) };

        Assert.Equal(decided, Restoration.Newest([a, c])!.Document);
        Assert.Equal(decided, Restoration.Newest([c, a])!.Document);
        var reread = c with { Vote = VoteOf(known, counter: 5) };
        Assert.Equal(known, Restoration.Newest([a, reread])!.Document);
    }

    [Fact]
    public void Newest_VoteOfAnOlderLineageOrGeneration_CountsForNothing()
    {
        var old = Registrations.Pair();
        var stale = old with { Version = old.Version + 50 };
        var restored = Restoration.Restore(old, old.Nodes[0].MainServer, Vote, leap: 3, Guid.NewGuid(), []);
        var main = Survivor(restored, old.Nodes[0].MainServer) with { Vote = VoteOf(restored, counter: 1) };
        var other = Survivor(old, old.Nodes[0].ReplicaServer!) with { Vote = VoteOf(stale, counter: 9) };
        Assert.Equal(restored, Restoration.Newest([other, main])!.Document);
        var next = old with { Generation = old.Generation + 1, Version = old.Version + 1 };
        Assert.Equal(next, Restoration.Newest([other, main with { Topology = old, Vote = VoteOf(next, counter: 0) }])!.Document);
    }

    [Fact]
    public void Newest_NoTopologyLeft_IsWhatTheVotesHold()
    {
        var known = Registrations.Pair();
        Assert.Equal(known, Restoration.Newest([Survivor(null, known.Nodes[0].MainServer) with { Vote = VoteOf(known, counter: 2) }])!.Document);
        Assert.Null(Restoration.Newest([Survivor(null, known.Nodes[0].MainServer)]));
    }

    [Fact]
    public void LoneMain_WhosePromotionWasLost_LeadsAndIsNotOverruled()
    {
        var known = Registrations.Pair();
        var node = known.Nodes[0];
        var (old, promoted) = (node.MainServer, node.ReplicaServer!);
        var beyond = new Epoch(node.Epoch.Value + 2);
        var survivors = new[]
        {
            Survivor(known, old) with { DataEpoch = node.Epoch, DataLast = new LogIndex(90) },
            Survivor(known, promoted) with { DataEpoch = beyond, DataLast = new LogIndex(70) },
        };

        var lone = Restoration.LoneMains(known, survivors);

        Assert.Equal(new LoneMain(node.Name, promoted.Name, beyond, node.Epoch), Assert.Single(lone));
        var restored = Restoration.Restore(known, old, Vote, leap: 1, Guid.NewGuid(), lone).Nodes[0];
        Assert.Equal((promoted.Id, beyond.Value + Restoration.EpochLeap), (restored.Main, restored.Epoch.Value));
        Assert.Equal(promoted.Id, Assert.Single(restored.InSync));
    }

    [Fact]
    public void LoneMain_OfTwoInTheUnknownEpoch_IsTheOneWithTheLongerLog()
    {
        var known = Registrations.Pair();
        var node = known.Nodes[0];
        var beyond = node.Epoch.Next;
        var lone = Restoration.LoneMains(known, [
            Survivor(known, node.MainServer) with { DataEpoch = beyond, DataLast = new LogIndex(91) },
            Survivor(known, node.ReplicaServer!) with { DataEpoch = beyond, DataLast = new LogIndex(90) },
        ]);
        Assert.Equal(node.MainServer.Name, Assert.Single(lone).Server);
        Assert.Empty(Restoration.LoneMains(known, [Survivor(known, node.MainServer) with { DataEpoch = node.Epoch, DataLast = new LogIndex(91) }]));
    }

    private static SurvivorAnswer Survivor(ClusterTopology? known, ServerInfo server) => new() { Name = server.Name, StoreId = server.StoreId, Topology = known };

    private static SurvivingVote VoteOf(ClusterTopology document, long counter) => new(document.Lineage, document.Generation, counter, new ServerId(1), 7, document);
}
