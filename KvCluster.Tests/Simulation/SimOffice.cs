using KvCluster.Core.Master;
using KvCluster.Core.Register;
using KvCluster.Core.Register.Effects;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Simulation;

/// <summary>
/// What a process has to do with the topology: its vote, its way to the register, its own requests, and the master's duties while it
/// holds the office. The counterpart of <c>KvCluster.Node/Control</c>.
/// </summary>
internal sealed class SimOffice
{
    private readonly RealMasters _masters;
    private readonly SimProcess _process;
    private readonly SimRegister _register;
    private readonly SimDecider _decider;
    private readonly SimDuties _duties;
    private readonly SimRequests _requests;

    public SimOffice(RealMasters masters, SimProcess process)
    {
        (_masters, _process) = (masters, process);
        Voter = new SimVoter(masters, process);
        _register = new SimRegister(masters, this, process);
        _decider = new SimDecider(this, _register, process.World.Plan.RegisterFaults);
        _duties = new SimDuties(masters, this, process);
        _requests = new SimRequests(masters, this, process);
    }

    public SimVoter Voter { get; }
    public ClusterTopology? Known => _process.Topology;
    public ServerId Self => _process.Self?.Id ?? ServerId.None;
    public bool IsMaster => Self != ServerId.None && Known?.Master == Self;

    public void Register(RegistrationRequest request, Action<RegistrationAnswer> onAnswer) => _requests.Register(request, onAnswer);
    public void Change(ConfigurationChange change) => _requests.Change(change);

    public void Decide(Guid request, Func<ClusterTopology, TopologyDecision> rule, Action<TopologyDecision> onEnd) =>
        _decider.Decide(request, rule, topology => topology.WasMadeBy(request), onEnd);

    public void DecideRegistration(RegistrationRequest request, Action<TopologyDecision> onEnd) =>
        _decider.Decide(request.RunId, topology => Registration.Register(topology, request), topology => Registration.IsDone(topology, request), onEnd);

    /// <summary>This run has its place; <paramref name="topology"/> is the newest it knows.</summary>
    public void OnRegistered(ClusterTopology topology)
    {
        Voter.Join(topology);
        OnNewer(topology);
        _duties.Begin();
    }

    /// <summary>A decided document, from wherever. What it says of this server takes effect.</summary>
    public void Adopt(ClusterTopology topology)
    {
        var before = Known;
        _process.OnTopology(topology);
        if (_process.IsAlive && !ReferenceEquals(Known, before)) OnNewer(topology);
    }

    /// <summary>News of who may be the master.</summary>
    public void OnNews(ServerId teller, ClusterTopology topology)
    {
        Adopt(topology);
        if (Known?.Master == teller) _duties.HeardOfTheMaster();
    }

    public void OnDecided(DecidedEffect decided)
    {
        Adopt(decided.Document);
        if (_process.IsAlive && decided.Document.Generation == decided.Generation) Voter.OnDecided(decided);
    }

    /// <summary>This server's own compare-and-set was done.</summary>
    public void OnWritten(ClusterTopology written)
    {
        Adopt(written);
        if (!_process.IsAlive || IsMaster) return;
        _process.World.Sightings.Note(Sighting.DecidedWithoutMaster);
        _duties.Broadcast(written);
    }

    /// <summary>Something newer exists: asks the master, then the register.</summary>
    public void Pull()
    {
        if (Known is { } known && _masters.HolderOf(known) is { } holder && holder != _process.Server)
            _masters.Exchange<ClusterTopology?>(_process, holder, (other, reply) => reply(other.Known), answer => { if (answer is not null) Adopt(answer); });
        if (_process.World.Random.Chance(200)) _register.Read(newest => { if (newest is not null) Adopt(newest); });
    }

    // The file only tells a restarted server whom to ask: it is written behind the change and may be an old one.
    private void OnNewer(ClusterTopology topology)
    {
        _process.Schedule(_process.World.Random.Around(_process.Disk.SyncMicroseconds * 2), () =>
        {
            if (_process.Disk.Trouble == DiskTrouble.None && (_process.Disk.Topology?.Version ?? 0) < topology.Version) _process.Disk.Topology = topology;
        });
        _register.Learn(topology);
        if (_process.IsAlive && IsMaster) _duties.Broadcast(topology);
    }
}
