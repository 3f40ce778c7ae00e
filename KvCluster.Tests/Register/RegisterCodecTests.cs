using System.Buffers;
using CsCheck;
using KvCluster.Core.Register;
using KvCluster.Core.Register.Messages;
using KvCluster.Core.Register.Wire;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Register;

public sealed class RegisterCodecTests
{
    private static readonly Gen<Ballot> Ballots = Gen.Select(Gen.Long[0, long.MaxValue], Gen.Int[0, 100], Gen.ULong, (counter, server, run) => new Ballot(counter, new ProposerId(new ServerId(server), run)));
    private static readonly Gen<RegisterAddress> Addresses = Gen.Select(Gen.Guid, Gen.Int[0, 9], Gen.Long[1, 1_000], Gen.Guid, (cluster, lineage, generation, voter) => new RegisterAddress(new ClusterId(cluster), lineage, generation, voter));
    private static readonly Gen<VoterInfo> Voters = Gen.Select(Gen.Int[1, 100], Gen.Guid, Gen.Int[1, 65_535], (server, voter, port) => new VoterInfo(new ServerId(server), voter, $"host:{port}"));
    private static readonly Gen<ClusterTopology> Documents = Gen.Select(Gen.Guid, Gen.Long[1, 1_000], Gen.Long[1, 1_000_000], Voters.Array[1, 5], Gen.Guid, (cluster, generation, version, voters, request) => new ClusterTopology
    {
        ClusterId = new ClusterId(cluster),
        Generation = generation,
        Version = version,
        Voters = [.. voters],
        Recent = [new RecentChange(version, request)],
    });

    private static readonly Gen<RegisterRequest> Requests = Gen.OneOf(
        Gen.Select(Addresses, Ballots, (to, ballot) => (RegisterRequest)new Prepare(to, ballot)),
        Gen.Select(Addresses, Ballots, Documents, (to, ballot, document) => (RegisterRequest)new Accept(to, ballot, document)),
        Addresses.Select(to => (RegisterRequest)new Query(to)),
        Gen.Select(Addresses, Ballots, (to, ballot) => (RegisterRequest)new MakeReady(to, ballot)),
        Gen.Select(Addresses, Ballots, (to, ballot) => (RegisterRequest)new Release(to, ballot)),
        Gen.Select(Addresses, Documents, (to, document) => (RegisterRequest)new Initialise(to, document)),
        Gen.Select(Addresses, Voters.Array[1, 5], (to, voters) => (RegisterRequest)new Retire(to, new VoterPointer(to.Generation + 1, [.. voters]))));

    private static readonly Gen<VoterState> States = Gen.Select(Addresses, Ballots, Documents, Gen.Bool, (to, ballot, document, hasMore) => new VoterState
    {
        ClusterId = to.Cluster,
        Lineage = to.Lineage,
        VoterId = to.VoterId == Guid.Empty ? Guid.NewGuid() : to.VoterId,
        Floor = hasMore ? to.Generation : 0,
        MovedTo = hasMore ? new VoterPointer(to.Generation, document.Voters) : null,
        Registers = [new VoterRegister(document.Generation, ballot, ballot, document)],
        Ready = hasMore ? new VoterReadiness(to.Generation, ballot) : null,
    });

    [Fact]
    public void Request_WrittenAndRead_IsTheSame() => Gen.Select(Requests, Gen.Long).Sample((request, number) =>
    {
        var frame = new ArrayBufferWriter<byte>();
        RegisterCodec.Write(number, request, frame);
        var read = RegisterCodec.TryReadRequest(frame.WrittenSpan, out var again);
        Assert.Equal((number, Text(request)), (again, Text(read!)));
    }, iter: 500);

    [Fact]
    public void Answer_WrittenAndRead_IsTheSame() => Gen.Select(Documents, Ballots).Sample((document, ballot) =>
    {
        RegisterAnswer[] answers =
        [
            new Promised(ballot, ballot, document), new Voted(ballot), new Shown(ballot, document), new Higher(ballot), new Blank(), new Moved(new VoterPointer(3, document.Voters)),
            new Stranger(2), new Malformed(), new Ready(ballot), new NotReady(), new Initialised(), new Noted(),
        ];
        foreach (var answer in answers)
        {
            var frame = new ArrayBufferWriter<byte>();
            RegisterCodec.Write(7, answer, frame);
            Assert.Equal(Text(answer), Text(RegisterCodec.TryReadAnswer(frame.WrittenSpan, out _)!));
        }
    }, iter: 100);

    [Fact]
    public void Frame_CutOffOrOfAnotherKind_IsNoMessage() => Requests.Sample(request =>
    {
        var frame = new ArrayBufferWriter<byte>();
        RegisterCodec.Write(1, request, frame);
        for (var length = 0; length < frame.WrittenCount; length += 5) Assert.Null(RegisterCodec.TryReadRequest(frame.WrittenSpan[..length], out _));
        Assert.Null(RegisterCodec.TryReadAnswer(frame.WrittenSpan, out _));
    }, iter: 50);

    [Fact]
    public void VoteFile_WrittenAndRead_IsTheSame() => States.Sample(state =>
        Assert.Equal(Convert.ToHexString(VoterStateCodec.Encode(state)), Convert.ToHexString(VoterStateCodec.Encode(VoterStateCodec.TryDecode(VoterStateCodec.Encode(state))!))), iter: 300);

    [Fact]
    public void VoteFile_OneBitFlippedOrCutOff_IsNone() => Gen.Select(States, Gen.Int[0, 1_000_000]).Sample((state, at) =>
    {
        var file = VoterStateCodec.Encode(state);
        Assert.Null(VoterStateCodec.TryDecode(file.AsSpan(0, at % file.Length)));
        file[at % file.Length] ^= (byte)(1 << (at % 8));
        Assert.Null(VoterStateCodec.TryDecode(file));
    }, iter: 500);

    private static string Text(object message)
    {
        var frame = new ArrayBufferWriter<byte>();
        if (message is RegisterRequest request) RegisterCodec.Write(0, request, frame);
        else RegisterCodec.Write(0, (RegisterAnswer)message, frame);
        return $"{message.GetType().Name} {Convert.ToHexString(frame.WrittenSpan)}";
    }
}
