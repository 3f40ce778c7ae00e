using System.Globalization;
using System.Net;
using KvCluster.Core.Master;
using KvCluster.Core.Register;
using KvCluster.Node.Control;
using KvCluster.Node.Control.Voting;
using KvCluster.Node.Peer;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;
using KvCluster.Tests.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace KvCluster.Tests.Control.Homes;

/// <summary>Three servers that keep the register themselves: real votes on disk, real peer ports; one of them votes, or all.</summary>
internal sealed class EmbeddedHome(int voters) : RegisterHomeUnderTest
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kvcluster-voters-");
    private readonly ReservedPorts _ports = new();
    private readonly Server?[] _servers = new Server?[Servers];
    private readonly int[] _peerPorts = new int[Servers];
    private ClusterTopology? _known;

    public static async Task<EmbeddedHome> OpenAsync(int voters)
    {
        var home = new EmbeddedHome(voters);
        for (var server = 0; server < Servers; server++) home._peerPorts[server] = home._ports.Take().Peer;
        await home.StartAsync();
        return home;
    }

    public override ITopologyRegister Of(int server) => _servers[server]!.Register;

    public override ClusterTopology First() => Registration.Bootstrap(Registrations.Cluster, new ClusterSettings(), RequestOf(0));

    public override async Task<ClusterTopology> SettleAsync(ClusterTopology first)
    {
        var current = first;
        for (var server = 1; server < Servers; server++) current = current.Granted(RequestOf(server));
        var complete = current with { Version = first.Version, Recent = first.Recent };
        if (voters > 1)
            complete = complete with { Generation = first.Generation + 1, Voters = [.. complete.Servers.Select(server => new VoterInfo(server.Id, server.VoterId!.Value, server.Peer))] };
        Introduce(first, current);
        var settled = await ChangeVotersAsync(() => complete.Stamp(first, Guid.NewGuid()));
        Introduce(settled, settled);
        return settled;
    }

    /// <summary>On a busy machine a voter may not be ready in time: that is a definite no, and somebody asks anew.</summary>
    public async Task<ClusterTopology> ChangeVotersAsync(Func<ClusterTopology> next)
    {
        ClusterTopology asked = null!;
        await TestCluster.PollAsync("the voters are changed", async () =>
        {
            asked = next();
            var outcome = await Of(0).OutcomeAsync(asked.Version - 1, asked, TestContext.Current.CancellationToken);
            Assert.True(outcome is RegisterOutcome.Written or RegisterOutcome.NotReady or RegisterOutcome.Unavailable, $"{outcome}");
            return outcome == RegisterOutcome.Written;
        });
        return asked;
    }

    /// <summary>A server lost its data, and not its vote: it is another server of the cluster now, and votes on.</summary>
    /// <returns>The document that takes the vote over to its new number.</returns>
    public ClusterTopology Renumber(int server, ClusterTopology current)
    {
        var old = current.FindServer(RequestOf(server).StoreId)!;
        var renumbered = old with { Id = new ServerId(current.NextServerId) };
        var node = current.NodeOf(old.Id)!;
        var next = current.With(node with { Main = renumbered.Id, InSync = [renumbered.Id], Servers = [renumbered] }) with
        {
            NextServerId = current.NextServerId + 1,
            Generation = current.Generation + 1,
            Voters = [.. current.Voters.Select(voter => voter.Server == old.Id ? voter with { Server = renumbered.Id } : voter)],
        };
        _servers[server]!.Know(current, renumbered.Id);
        return next.Stamp(current, Guid.NewGuid());
    }

    public override Task StartAsync()
    {
        for (var server = 0; server < Servers; server++) _servers[server] = new Server(_folder.FullName, server, _peerPorts[server]);
        if (_known is not null) Introduce(_known, _known);
        return Task.CompletedTask;
    }

    // The one that is asked afterwards lives on, but no vote can be had.
    public override Task StopAsync()
    {
        for (var server = 0; server < Servers; server++) _servers[server]!.Silence();
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var server in _servers) server?.Dispose();
        _ports.Dispose();

        // A vote that was asked for before may still be written down.
        await TestCluster.PollAsync($"{_folder} is gone", () => Task.FromResult(TryDelete()));
    }

    private bool TryDelete()
    {
        try
        {
            if (Directory.Exists(_folder.FullName)) _folder.Delete(recursive: true);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void Introduce(ClusterTopology known, ClusterTopology members)
    {
        _known = known;
        for (var server = 0; server < Servers; server++) _servers[server]!.Know(known, members.FindServer(RequestOf(server).StoreId)!.Id);
    }

    private Protocol.Contracts.RegistrationRequest RequestOf(int server) => Registrations.Of(server + 1, $"node-{server}") with
    {
        Peer = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_peerPorts[server]}"),
        VoterId = _servers[server]!.Voter.VoterId,
    };

    private sealed class Server : IDisposable
    {
        private readonly TopologyHolder _holder = new();
        private readonly PeerListener _port;
        private readonly VoterPort _votes;
        private readonly EmbeddedRegister _register;

        public Server(string folder, int number, int peerPort)
        {
            Voter = LocalVoter.Open(Path.Combine(folder, $"voter-{number}.json"), NullLogger.Instance, _ => { });
            _votes = new VoterPort(Voter);
            _port = new PeerListener(new IPEndPoint(IPAddress.Loopback, peerPort), TimeSpan.FromSeconds(2), NullLogger.Instance);
            _port.Take(PeerPurpose.Register, _votes.Take);
            _port.Start();
            _register = new EmbeddedRegister(Voter, _holder, _port, new VoterAddresses());
        }

        public LocalVoter Voter { get; }
        public ITopologyRegister Register => _register;

        public void Know(ClusterTopology topology, ServerId self)
        {
            _holder.Self = self;
            _port.Identity = new PeerIdentity(topology.ClusterId, new(self, default));
            Voter.Join(topology);
            _holder.TryAdopt(topology);
        }

        public void Silence()
        {
            _votes.Dispose();
            _port.Dispose();
        }

        public void Dispose()
        {
            _register.Dispose();
            Silence();
        }
    }
}
