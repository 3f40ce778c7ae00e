using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using KvCluster.Core.Master;
using KvCluster.Core.Register;
using KvCluster.Core.Register.Messages;
using KvCluster.Core.Register.Wire;
using KvCluster.Node.Control;
using KvCluster.Node.Control.Voting;
using KvCluster.Node.Peer;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;
using KvCluster.Tests.AppHost;
using KvCluster.Tests.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace KvCluster.Tests.Control.Homes;

/// <summary>A register was restored while questions about the old one are still under way: their answers count for nothing in the new one.</summary>
public sealed class RestoredRegisterTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Promise_OfTheLineageBefore_IsNoPromiseInTheNewOne()
    {
        using var world = new World();
        var old = world.Old;
        var before = world.Register.OutcomeAsync(old.Version, RegisterHomeUnderTest.Next(old), Cancellation);
        await TestCluster.PollAsync("the old register's voter was asked", () => Task.FromResult(world.Asked.Any(asked => asked is Prepare { To.Lineage: 0 })));

        var restored = old with { Lineage = 1 };
        Assert.True(world.Holder.TryAdopt(restored));
        Assert.Equal(RegisterOutcome.Unknown, await before);
        var after = world.Register.OutcomeAsync(restored.Version, RegisterHomeUnderTest.Next(restored), Cancellation);
        world.AnswerTheOld();

        Assert.Equal(RegisterOutcome.Unavailable, await after);
        Assert.Contains(world.Asked, asked => asked is Prepare { To.Lineage: 1 });
        Assert.DoesNotContain(world.Asked, asked => asked is Accept { To.Lineage: 1 });

        // What was promised to one proposer must not pass for a promise to the next one either.
        var names = world.Asked.OfType<Prepare>().GroupBy(prepare => prepare.To.Lineage, prepare => prepare.Ballot.Proposer).ToArray();
        Assert.Equal(2, names.Length);
        Assert.Empty(names[0].Intersect(names[1]));
    }

    /// <summary>A register whose only voter is elsewhere, answers late in the first lineage, and not at all in the next.</summary>
    private sealed class World : IDisposable
    {
        private readonly TemporaryFolder _folder = new();
        private readonly ReservedPorts _ports = new();
        private readonly ManualResetEventSlim _answer = new();
        private readonly PeerListener _own;
        private readonly PeerListener _other;
        private readonly EmbeddedRegister _register;

        public World()
        {
            var (own, other) = (_ports.Take().Peer, _ports.Take().Peer);
            var voter = new VoterInfo(new ServerId(2), Guid.NewGuid(), string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{other}"));
            Old = Registrations.Bootstrap() with { Voters = [voter] };
            _other = Listen(other, 2);
            _other.Take(PeerPurpose.Register, (socket, _) => new Thread(() => Serve(socket)) { IsBackground = true }.Start());
            _other.Start();
            _own = Listen(own, 1);
            Holder.Self = new ServerId(1);
            var vote = LocalVoter.Open(_folder.File("voter.json"), NullLogger.Instance, _ => { });
            vote.Join(Old);
            _register = new EmbeddedRegister(vote, Holder, _own, new VoterAddresses());
            Holder.TryAdopt(Old);
        }

        public ClusterTopology Old { get; }
        public TopologyHolder Holder { get; } = new();
        public ITopologyRegister Register => _register;
        public ConcurrentQueue<RegisterRequest> Asked { get; } = new();

        public void AnswerTheOld() => _answer.Set();

        private static PeerListener Listen(int port, int server) => new(new IPEndPoint(IPAddress.Loopback, port), TimeSpan.FromSeconds(2), NullLogger.Instance)
        {
            Identity = new PeerIdentity(Registrations.Cluster, new(new ServerId(server), default)),
        };

        private void Serve(FrameSocket socket)
        {
            using (socket)
            {
                while (socket.Receive() is { } frame && RegisterCodec.TryReadRequest(frame, out var number) is { } request)
                {
                    Asked.Enqueue(request);
                    if (request is not Prepare { To.Lineage: 0 } prepare || !_answer.Wait(TimeSpan.FromSeconds(10))) continue;
                    var buffer = new ArrayBufferWriter<byte>();
                    var at = FrameSocket.BeginFrame(buffer);
                    RegisterCodec.Write(number, new Promised(prepare.Ballot, Ballot.Initial, Old), buffer);
                    FrameSocket.EndFrame(buffer, at);
                    socket.Send(buffer.WrittenSpan);
                }
            }
        }

        public void Dispose()
        {
            _answer.Set();
            _register.Dispose();
            _own.Dispose();
            _other.Dispose();
            _ports.Dispose();
            _folder.Dispose();
            _answer.Dispose();
        }
    }
}
