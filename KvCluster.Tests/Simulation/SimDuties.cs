using KvCluster.Core.Master;
using KvCluster.Node.Control;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Simulation;

/// <summary>
/// What goes on by itself: the master tells of the topology and cares for the voters, a candidate watches the master and takes over.
/// The counterpart of <c>Broadcaster</c>, <c>VoterKeeper</c> and <c>MasterWatch</c>; a beacon stands for 100 milliseconds.
/// </summary>
internal sealed class SimDuties(RealMasters masters, SimOffice office, SimProcess process)
{
    private const int HeartbeatBeacons = 2;
    private const int KeeperBeacons = 5;
    private const int SightBeacons = 30;
    private const int AwayBeacons = 600;
    private const int RestBeacons = 100;
    private const int FarewellsMax = 30;
    private readonly Dictionary<ServerId, long> _heard = [];
    private readonly Dictionary<ServerId, (ServerInfo Server, int Farewells)> _told = [];
    private long _heardOfTheMasterAt;
    private long _patience;
    private long _inOfficeSince = -1;
    private long _restUntil;

    private SimWorld World => process.World;
    private long Beacon => World.Plan.Options.BeaconMicroseconds;

    public void Begin()
    {
        HeardOfTheMaster();
        Repeat(Beacon / 2, Watch);
        Repeat(Beacon * HeartbeatBeacons, () =>
        {
            if (office is { IsMaster: true, Known: { } known }) Broadcast(known);
        });
        Repeat(Beacon * KeeperBeacons, KeepVoters);
    }

    public void HeardOfTheMaster()
    {
        _heardOfTheMasterAt = World.Now;
        _patience = World.Random.Between(Beacon * 7, Beacon * 10);
    }

    /// <summary>Tells everybody, and hears of those who answer. Who knows better says so.</summary>
    public void Broadcast(ClusterTopology topology)
    {
        foreach (var server in topology.Servers) _told[server.Id] = (server, 0);
        foreach (var server in Audience(topology))
        {
            if (server.Id == office.Self || masters.Find(server.Peer) is not { } to) continue;
            masters.Exchange<ClusterTopology?>(
                process,
                to,
                (other, reply) =>
                {
                    other.OnNews(office.Self, topology);
                    reply(other.Known);
                },
                answer =>
                {
                    _heard[server.Id] = World.Now;
                    if (answer is not null) office.Adopt(answer);
                });
        }
    }

    // A server that was taken out is told so for a while, by the master that knew it.
    private List<ServerInfo> Audience(ClusterTopology topology)
    {
        var audience = topology.Servers.ToList();
        foreach (var (id, (server, farewells)) in _told.OrderBy(told => told.Key.Value).ToArray())
        {
            if (topology.FindServer(id) is not null) continue;
            if (farewells == FarewellsMax) _told.Remove(id);
            else _told[id] = (server, farewells + 1);
            audience.Add(server);
        }

        return audience;
    }

    private void Repeat(long microseconds, Action duty) => process.Schedule(microseconds, () =>
    {
        duty();
        Repeat(microseconds, duty);
    });

    private void Watch()
    {
        if (office.Known is not { } known || office.IsMaster || !Succession.IsCandidate(known, office.Self)) HeardOfTheMaster();
        else if (World.Now - _heardOfTheMasterAt > _patience)
        {
            HeardOfTheMaster();
            office.Decide(World.Random.NextGuid(), topology => Succession.TakeOver(topology, office.Self, known.Master), _ => { });
        }
    }

    private void KeepVoters()
    {
        if (!office.IsMaster || office.Known is not { } known)
        {
            _inOfficeSince = -1;
            return;
        }

        if (_inOfficeSince < 0)
        {
            _inOfficeSince = World.Now;
            _heard.Clear();
        }

        var inOffice = AutomaticChanges.GraceMilliseconds * (World.Now - _inOfficeSince) / (Beacon * SightBeacons);
        if (World.Now < _restUntil || AutomaticChanges.ReasonToWait(known, inOffice, server => IsInSight(server, SightBeacons)) is not null) return;
        var seen = new RememberedSight(IsUsable);
        if (VoterPlan.Next(known, IsUsable) is not null) office.Decide(World.Random.NextGuid(), topology => ReplaceVoters(topology, seen.IsInSight), decision => _restUntil = World.Now + (decision.IsRefused ? Beacon * RestBeacons : 0));
    }

    private static TopologyDecision ReplaceVoters(ClusterTopology topology, Predicate<ServerId> isUsable) => VoterPlan.Next(topology, isUsable) is { } next
        ? new TopologyDecision(topology with { Generation = topology.Generation + 1, Voters = next })
        : TopologyDecision.Refuse(ProblemCode.TopologyConflict, "The voters are right as they are.");

    private bool IsUsable(ServerId server) => server == office.Self || IsInSight(server, AwayBeacons);

    private bool IsInSight(ServerId server, int beacons)
    {
        if (!_heard.TryGetValue(server, out var at)) _heard[server] = at = World.Now;
        return World.Now - at <= beacons * Beacon;
    }
}
