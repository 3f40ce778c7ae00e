using KvCluster.Core.Register;
using KvCluster.Core.Register.Messages;
using KvCluster.Node.Control.Voting;
using KvCluster.Node.Storage;
using KvCluster.Protocol.Identity;
using KvCluster.Tests.AppHost;
using Microsoft.Extensions.Logging.Abstractions;

namespace KvCluster.Tests.Control;

/// <summary>The file of a vote: what was answered is in it, and what cannot be made durable is not answered.</summary>
public sealed class LocalVoterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<Exception> _broken = [];

    private string Path => _folder.File("voter.json");
    private string Temporary => Path + ".tmp";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void On_PromiseGiven_IsKeptOverARestart()
    {
        var voter = Found();
        Assert.IsType<Promised>(voter.On(PrepareAt(voter, 5)));

        var again = Open();

        Assert.Equal(voter.VoterId, again.VoterId);
        Assert.IsType<Higher>(again.On(PrepareAt(again, 4)));
    }

    [Theory]
    [InlineData("/dev/full", StorageFailure.DiskFull)]
    [InlineData("/dev/null", StorageFailure.InputOutput)]
    public void On_NewFileCannotBeWrittenOrSynced_IsNotAnsweredAndTheVoteIsWhatItWas(string device, StorageFailure expected)
    {
        // A full disk takes no byte; nothing that is written there can be synced.
        var voter = Found();
        File.CreateSymbolicLink(Temporary, device);

        Assert.Equal(expected, Assert.Throws<StorageException>(() => voter.On(PrepareAt(voter, 5))).Failure);
        Assert.Null(voter.TryOn(PrepareAt(voter, 5)));

        Assert.Empty(_broken);
        File.Delete(Temporary);
        Assert.IsType<Promised>(voter.On(PrepareAt(voter, 3)));
        Assert.IsType<Higher>(Open().On(PrepareAt(voter, 2)));
    }

    [Fact]
    public void On_FileCannotBeReplaced_CountsNoMoreAndTellsTheOwner()
    {
        var voter = Found();
        File.Delete(Path);
        Directory.CreateDirectory(Path);
        File.WriteAllText(System.IO.Path.Combine(Path, "in-the-way"), "");

        Assert.Throws<StorageException>(() => voter.On(PrepareAt(voter, 5)));

        Assert.Single(_broken);
        Directory.Delete(Path, recursive: true);
        Assert.Throws<StorageException>(() => voter.On(PrepareAt(voter, 6)));
        Assert.Null(voter.TryOn(new Query(AddressOf(voter))));
        Assert.Single(_broken);
    }

    [Fact]
    public void Open_AnyBitFlipped_IsAnotherVoteAndTheDamagedFileIsKept()
    {
        var voter = Found();
        var sound = File.ReadAllBytes(Path);
        for (var at = 0; at < sound.Length; at += Math.Max(1, sound.Length / 16))
        {
            var spoilt = (byte[])sound.Clone();
            spoilt[at] ^= 0x10;
            File.WriteAllBytes(Path, spoilt);

            var other = Open();

            Assert.NotEqual(voter.VoterId, other.VoterId);
            Assert.Equal(ClusterId.None, other.Cluster);
            Assert.IsType<Stranger>(other.On(PrepareAt(voter, 5)));
            var kept = Assert.Single(Directory.GetFiles(System.IO.Path.GetDirectoryName(Path)!, "voter.json.damaged-*"));
            Assert.Equal(spoilt, File.ReadAllBytes(kept));
            File.Delete(kept);
        }
    }

    [Fact]
    public void Open_LeftOverOfAnUnfinishedWrite_IsPassedOver()
    {
        var voter = Found();
        File.WriteAllText(Temporary, "half a fi");

        var again = Open();

        Assert.Equal(voter.VoterId, again.VoterId);
        Assert.IsType<Promised>(again.On(PrepareAt(again, 5)));
    }

    private LocalVoter Open() => LocalVoter.Open(Path, NullLogger.Instance, _broken.Add);

    private LocalVoter Found()
    {
        var voter = Open();
        Assert.True(voter.TryFound(Registrations.Bootstrap()));
        return voter;
    }

    private static RegisterAddress AddressOf(LocalVoter voter) => new(Registrations.Cluster, 0, 1, voter.VoterId);
    private static Prepare PrepareAt(LocalVoter voter, long counter) => new(AddressOf(voter), new Ballot(counter, new ProposerId(new ServerId(1), 1)));
}
