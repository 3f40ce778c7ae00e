using KvCluster.Core.Master;
using KvCluster.Core.Register;
using KvCluster.Core.Replication;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Simulation;

/// <summary>
/// The topology's register and its master on one machine that never lies: it can be away, and every question, answer and piece of news
/// travels over the faulty network. What is wrong in such a world is wrong in the replication.
/// </summary>
internal sealed class PerfectMaster : ISimMaster
{
    private readonly SimWorld _world;
    private readonly Dictionary<NodeId, ConfigurationChange> _lastGranted = [];
    private readonly Dictionary<NodeId, long> _lastTakeoverAt = [];

    public PerfectMaster(SimWorld world, int nodes, WriteMode mode)
    {
        _world = world;
        Topology = new ClusterTopology
        {
            ClusterId = new ClusterId(world.Random.NextGuid()),
            Version = 0,
            Settings = new ClusterSettings { InitialNodes = nodes, WriteMode = mode },
        };
    }

    public ClusterTopology Topology { get; private set; }

    public bool IsWhole => true;

    /// <summary>It answers nothing while this is so.</summary>
    private bool IsAway { get; set; }

    public void Begin() => _world.Schedule(_world.Plan.Options.BeaconMicroseconds * 4, RepeatNews);

    public void GoAway(long microseconds)
    {
        IsAway = true;
        _world.Schedule(microseconds, () => IsAway = false);
    }

    public void ChangeVoters()
    {
    }

    public void Heal() => IsAway = false;

    public IReadOnlyList<int> SitesFor(SimServer server) => [SimTraceWho.Master];

    public bool MayWipe(SimServer server) => true;

    public void OnWiped(SimServer server)
    {
    }

    public SimOffice? OfficeFor(SimProcess process) => null;

    public void AskRegistration(SimProcess process, RegistrationRequest request, Action<RegistrationAnswer> onAnswer) => Ask(process.Server, () =>
    {
        var server = process.Server;
        var decision = Registration.Register(Topology, _world.Has(PlantedBugs.OldDiskKeepsItsPlace) ? request with { KnownRuns = null } : request);
        if (decision.Code is { } refusal) Reply(server, () => process.Run(() => process.OnRefused(refusal)));
        if (decision.Next is not { } next) return;
        if (next != Topology)
        {
            NoteRestart(server);
            if (_world.Has(PlantedBugs.RestartKeepsEpoch)) next = KeepEpochs(next);
            Decide(next.Stamp(Topology, request.RunId));
        }

        var info = Topology.FindServer(request.StoreId)!;
        var answer = new RegistrationAnswer(info.Id, info.Incarnation, Topology);
        Reply(server, () => onAnswer(answer));
    });

    public void AskChange(SimProcess process, ConfigurationChange change)
    {
        _world.Trace.Add(_world.Now, process.Server.Number, TraceKind.Proposed, (long)change.Kind, change.ExpectedEpoch.Value);
        process.ProposedIn = change.ExpectedEpoch;
        if (IsAway) _world.Sightings.Note(Sighting.MasterAwayDuringFailure);
        Ask(process.Server, () =>
        {
            var isGranted = TryChange(process, change);
            var topology = Topology;
            var isHeard = Reply(process.Server, () => process.Run(() => process.OnTopology(topology)));
            if (isGranted && !isHeard) _world.Sightings.Note(Sighting.ChangeReplyLost);
        });
    }

    public void AskTopology(SimProcess process) => Ask(process.Server, () =>
    {
        var topology = Topology;
        Reply(process.Server, () => process.Run(() => process.OnTopology(topology)));
    });

    public void SetWriteMode(WriteMode mode)
    {
        if (ClusterChanges.SetWriteMode(Topology, mode) is { Next: { } next } && next != Topology) Decide(next.Stamp(Topology, _world.Random.NextGuid()));
    }

    public void ForcePromotion(NodeInfo node, ServerId server)
    {
        if (ClusterChanges.ForcePromotion(Topology, node.Id, server, node.Epoch, _world.IsUp) is { Next: { } next }) Decide(next.Stamp(Topology, _world.Random.NextGuid()));
    }

    // A vote that has to move first is what makes a removal worth trying, and here nobody votes.
    public void Remove(ServerId server)
    {
    }

    private void Ask(SimServer from, Action handle) => _world.Network.Send(from.Number, SimTraceWho.Master, NetworkChannel.Control, () =>
    {
        if (!IsAway) handle();
    });

    private bool Reply(SimServer to, Action handle) => _world.Network.Send(SimTraceWho.Master, to.Number, NetworkChannel.Control, handle);

    private bool TryChange(SimProcess process, ConfigurationChange change)
    {
        // The planted bug breaks the rule at both ends: the master would refuse what the server alone got wrong.
        var next = NodeConfigurations.Change(Topology, change).Next;
        if (next is null && _world.Has(PlantedBugs.PromoteOutsider)) next = GrantBlindly(change);
        if (next == Topology) return true;
        _world.Trace.Add(_world.Now, process.Server.Number, next is null ? TraceKind.Denied : TraceKind.Granted, (long)change.Kind, change.ExpectedEpoch.Value);
        if (next is null)
        {
            NoteRace(change);
            return false;
        }

        NoteGranted(process, change);
        Decide(next.Stamp(Topology, change.RequestId));
        return true;
    }

    private ClusterTopology? GrantBlindly(ConfigurationChange change) => Topology.Find(change.Node) is { } node && node.Epoch == change.ExpectedEpoch
        ? Topology.With(node with { Epoch = node.Epoch.Next, Main = change.Main, InSync = change.InSync })
        : null;

    private ClusterTopology KeepEpochs(ClusterTopology next)
    {
        foreach (var node in Topology.Nodes)
            if (next.Find(node.Id) is { } changed && changed.Epoch > node.Epoch) next = next.With(changed with { Epoch = node.Epoch });
        return next;
    }

    private void Decide(ClusterTopology next)
    {
        var before = Topology;
        Topology = next;
        _world.Trace.Add(_world.Now, SimTraceWho.Master, TraceKind.Topology, next.Version);
        _world.OnRegisterChanged(before);
        Announce();
    }

    private void Announce()
    {
        var topology = Topology;
        foreach (var server in _world.Servers)
        {
            if (server.Process is not { IsAlive: true } process) continue;
            Reply(server, () => process.Run(() => process.OnTopology(topology)));
        }
    }

    private void RepeatNews()
    {
        if (!IsAway) Announce();
        Begin();
    }

    private void NoteRestart(SimServer server)
    {
        var isMain = server.Id is { } id && Topology.NodeOf(id)?.Main == id;
        if (isMain && server.DiedAt > 0 && _world.Now - server.DiedAt < _world.Plan.Options.LeaseMicroseconds) _world.Sightings.Note(Sighting.MainRestartedWithinLease);
    }

    private void NoteRace(ConfigurationChange change)
    {
        if (!_lastGranted.TryGetValue(change.Node, out var winner) || winner.ExpectedEpoch != change.ExpectedEpoch || winner.Server == change.Server) return;
        ReadOnlySpan<ConfigurationChangeKind> kinds = [winner.Kind, change.Kind];
        if (!kinds.Contains(ConfigurationChangeKind.Takeover)) return;
        if (kinds.Contains(ConfigurationChangeKind.Shrink)) _world.Sightings.Note(Sighting.ShrinkAndTakeoverRacing);
    }

    private void NoteGranted(SimProcess process, ConfigurationChange change)
    {
        var other = process.Server.Node.OtherThan(process.Server);
        var isGrowUnheard = change.Kind == ConfigurationChangeKind.Takeover && _lastGranted.TryGetValue(change.Node, out var last)
            && last.Kind == ConfigurationChangeKind.Grow && other.Process is { IsAlive: true, Core: { } core } && core.Core.Configuration?.Epoch < change.ExpectedEpoch;
        if (isGrowUnheard) _world.Sightings.Note(Sighting.GrowAndTakeoverRacing);
        _lastGranted[change.Node] = change;
        if (change.Kind == ConfigurationChangeKind.Yield) _world.Sightings.Note(Sighting.MainYielded);
        if (change.Kind == ConfigurationChangeKind.Grow)
        {
            if (!_world.IsHealed) _world.Sightings.Note(Sighting.LearnerJoinedUnderLoad);
            if (other.Stores > 0) _world.Sightings.Note(Sighting.WipedServerJoined);
        }

        if (change.Kind is ConfigurationChangeKind.Takeover or ConfigurationChangeKind.Shrink && other.Process is { HasFailed: true }) _world.Sightings.Note(Sighting.DiskFailureSurvived);
        if (change.Kind != ConfigurationChangeKind.Takeover) return;
        if (process.Core!.Core.Last.Index > process.Core.Core.Committed) _world.Sightings.Note(Sighting.TakeoverWithWritesInFlight);
        if (_lastTakeoverAt.TryGetValue(change.Node, out var at) && _world.Now - at < _world.Plan.Options.GraceMicroseconds * 3) _world.Sightings.Note(Sighting.DoubleFailover);
        if (other.Process is { IsAlive: true, IsPaused: true }) _world.Sightings.Note(Sighting.PausedMainCameBackDeposed);
        _lastTakeoverAt[change.Node] = _world.Now;
    }
}
