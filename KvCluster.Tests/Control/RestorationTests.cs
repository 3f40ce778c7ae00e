using KvCluster.Core.Master;
using KvCluster.Core.Register;
using KvCluster.Core.Register.Messages;
using KvCluster.Node.Control.Voting;
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
        var restored = Restoration.Restore(lost, by, Vote, leap: 7, Guid.NewGuid());
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
        var restored = Restoration.Restore(old, old.Nodes[0].MainServer, Guid.NewGuid(), leap: 3, Guid.NewGuid());

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
        var restored = Restoration.Restore(old, old.Nodes[0].MainServer, voter.VoterId, leap: 3, Guid.NewGuid());

        Assert.False(voter.TryRestore(old));
        Assert.True(voter.TryRestore(restored));
        Assert.False(voter.TryRestore(restored));

        var again = LocalVoter.Open(path, NullLogger.Instance, _ => { });
        Assert.Equal((restored.Version, Ballot.Initial), (again.Newest!.Document.Version, again.Newest.Accepted));
    }
}
