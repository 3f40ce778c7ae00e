using CsCheck;
using KvCluster.Core.Replication;
using KvCluster.Node.Peer;
using KvCluster.Protocol.Identity;

namespace KvCluster.Tests.Peer;

public sealed class PeerHelloTests
{
    [Fact]
    public void Read_OfWhatWasWritten_GivesTheSameGreeting() =>
        Gen.Select(Gen.Guid, Gen.Int, Gen.Long, Gen.Int, Gen.Enum<PeerPurpose>()).Sample((cluster, from, run, to, purpose) =>
        {
            var hello = new PeerHello(new ClusterId(cluster), new Member(new ServerId(from), new Incarnation(run)), new ServerId(to), purpose);
            var bytes = new byte[PeerHello.Bytes];
            hello.Write(bytes);
            Assert.Equal(hello, PeerHello.Read(bytes));
        }, iter: 1_000);

    [Fact]
    public void Read_OfRandomBytes_IsInvalid() =>
        Gen.Byte.Array[0, 60].Sample(bytes => { Assert.Throws<InvalidDataException>(() => PeerHello.Read(bytes)); }, iter: 2_000);

    [Fact]
    public void Read_OfAnUnknownPurpose_IsInvalid()
    {
        var bytes = new byte[PeerHello.Bytes];
        new PeerHello(default, default, default, PeerPurpose.Register).Write(bytes);
        bytes[^1]++;
        Assert.Throws<InvalidDataException>(() => PeerHello.Read(bytes));
    }
}
