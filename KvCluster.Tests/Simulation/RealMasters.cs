using System.Collections.Immutable;
using KvCluster.Core.Master;
using KvCluster.Core.Register;
using KvCluster.Core.Register.Messages;
using KvCluster.Core.Replication;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;
using KvCluster.Tests.Register;

namespace KvCluster.Tests.Simulation;

/// <summary>
/// Nobody decides but the servers themselves: voters and proposers of the real register on the same machines, disks and links as
/// the data, a master's office that is taken over, and voters that are replaced.
/// </summary>
internal sealed class RealMasters : ISimMaster
{
    private const int OperatorAttemptsMax = 10;
    private readonly SimWorld _world;
    private readonly SimRandom _random;
    private readonly ClusterSettings _settings;
    private RegisterOracle? _oracle;
    private ulong _runs;
    private long _lostWordMax;

    public RealMasters(SimWorld world)
    {
        (_world, _random) = (world, world.Random.Fork());
        _settings = new ClusterSettings { InitialNodes = world.Plan.Nodes, WriteMode = world.Plan.Mode, VotersMax = _random.Pick([3, 3, 5]) };
        Topology = new ClusterTopology { ClusterId = new ClusterId(_random.NextGuid()), Version = 0, Settings = _settings };
    }

    public ClusterTopology Topology { get; private set; }

    public bool IsWhole =>
        HolderOf(Topology) is { Process: { IsAlive: true, Office.IsMaster: true } }
        && VoterPlan.Next(Topology, _ => true) is null
        && Topology.Voters.All(voter => _world.Servers.Any(server => server.Disk.VoterId == voter.VoterId));

    private RegisterOracle Oracle => _oracle!;

    public void Begin()
    {
        var founder = _world.Servers[0];
        var run = _random.NextGuid();
        founder.Disk.Runs.Add(run);
        var first = Registration.Bootstrap(Topology.ClusterId, _settings, founder.RequestOf(run) with { VoterId = founder.Disk.VoterId });
        _oracle = new RegisterOracle(first, TopologyRules.Rules);
        founder.Disk.Topology = Topology = first;
        founder.Disk.Vote = new VoterState
        {
            ClusterId = first.ClusterId,
            Lineage = first.Lineage,
            VoterId = founder.Disk.VoterId,
            Registers = [new VoterRegister(first.Generation, Ballot.Initial, Ballot.Initial, first)],
        };
    }

    public SimOffice OfficeFor(SimProcess process) => new(this, process);
    SimOffice? ISimMaster.OfficeFor(SimProcess process) => OfficeFor(process);

    public void AskRegistration(SimProcess process, RegistrationRequest request, Action<RegistrationAnswer> onAnswer) =>
        process.Office!.Register((_world.Has(PlantedBugs.OldDiskKeepsItsPlace) ? request with { KnownRuns = null } : request) with { VoterId = process.Disk.VoterId, ClusterId = process.Topology?.ClusterId ?? ClusterId.None }, onAnswer);

    public void AskChange(SimProcess process, ConfigurationChange change)
    {
        _world.Trace.Add(_world.Now, process.Server.Number, TraceKind.Proposed, (long)change.Kind, change.ExpectedEpoch.Value);
        process.ProposedIn = change.ExpectedEpoch;
        process.Office!.Change(change);
    }

    public void AskTopology(SimProcess process) => process.Office!.Pull();

    public void SetWriteMode(WriteMode mode)
    {
        if (HolderOf(Topology)?.Process is { IsAlive: true } holder)
            holder.Run(() => holder.Office!.Decide(_random.NextGuid(), topology => ClusterChanges.SetWriteMode(topology, mode), _ => { }));
    }

    public void ForcePromotion(NodeInfo node, ServerId server) =>
        AtTheMaster(office => office.Decide(_random.NextGuid(), topology => ClusterChanges.ForcePromotion(topology, node.Id, server, node.Epoch, _world.IsUp), _ => { }));

    public void Remove(ServerId server) => AtTheMaster(office => new SimRemoval(office, _world).Remove(server));

    // An operator who meets no master tries again for a while.
    private void AtTheMaster(Action<SimOffice> ask, int attempt = 0)
    {
        if (HolderOf(Topology)?.Process is { IsAlive: true, IsPaused: false, Office: { IsMaster: true } office } holder) holder.Run(() => ask(office));
        else if (attempt < OperatorAttemptsMax && !_world.IsHealed) _world.Schedule(_world.Plan.Options.BeaconMicroseconds * 2, () => AtTheMaster(ask, attempt + 1));
    }

    public IReadOnlyList<int> SitesFor(SimServer server)
    {
        if (_random.Chance(500) && HolderOf(Topology) is { } holder && holder != server) return [holder.Number];
        return [.. _world.Servers.Where(other => other != server).Select(other => other.Number)];
    }

    // The master alone, or with it the main of another node, so that the node cannot ask it.
    public void GoAway(long microseconds)
    {
        if (HolderOf(Topology) is not { Process: { IsAlive: true } process } holder) return;
        _world.Sightings.Note(Sighting.MasterLost);
        if (_random.Chance(500))
        {
            process.Pause();
            _world.Schedule(microseconds, process.Resume);
        }
        else
            Stop(holder, microseconds);
        if (!_random.Chance(400) || _random.Pick(_world.Nodes).Main is not { IsUp: true } main || main == holder) return;
        _world.Sightings.Note(Sighting.MasterAndMainLostTogether);
        Stop(main, microseconds);
    }

    public void Heal()
    {
    }

    public void ChangeVoters()
    {
        if (_random.Pick(_world.Servers).Process is not { IsAlive: true, Self: not null } process) return;
        process.Run(() => process.Office!.Decide(_random.NextGuid(), topology => new TopologyDecision(topology with { Generation = topology.Generation + 1, Voters = DrawVoters(topology) }), _ => { }));
    }

    // Any odd number of the servers, but never only one whose disk may be lost in this world.
    private ImmutableArray<VoterInfo> DrawVoters(ClusterTopology topology)
    {
        var left = topology.Servers.Where(server => server.VoterId is not null).Select(server => new VoterInfo(server.Id, server.VoterId!.Value, server.Peer)).ToList();
        var count = left.Count < 3 || (!_world.Plan.Faults.HasFlag(FaultKind.WipedDisks) && _random.Chance(300)) ? 1 : 3;
        var drawn = ImmutableArray.CreateBuilder<VoterInfo>();
        while (drawn.Count < count)
        {
            drawn.Add(_random.Pick(left));
            left.Remove(drawn[^1]);
        }

        return drawn.ToImmutable();
    }

    // A majority of the voters must be left: also of those that gave their word for a generation that may come yet.
    public bool MayWipe(SimServer server)
    {
        if (server.Disk.Vote is null) return true;
        if (_lostWordMax > Topology.Generation) return false;
        var left = Topology.Voters.Count(voter => voter.VoterId != server.Disk.VoterId && !Oracle.Gone.Contains(voter.VoterId));
        return left * 2 > Topology.Voters.Length && (left == Topology.Voters.Length || !Topology.Voters.Any(voter => Oracle.Gone.Contains(voter.VoterId)));
    }

    public void OnWiped(SimServer server)
    {
        if (server.Disk.Vote is { Ready: { } word }) _lostWordMax = Math.Max(_lostWordMax, word.Generation);
        if (server.Disk.Vote is { Registers: var held }) foreach (var register in held) _lostWordMax = Math.Max(_lostWordMax, register.Document.Generation);
        if (Topology.Voters.Any(voter => voter.VoterId == server.Disk.VoterId)) _world.Sightings.Note(Sighting.VoterLostItsDisk);
        if (_world.Plan.RegisterFaults.HasFlag(RegisterFaults.WipedKeepsId)) return;
        Oracle.OnGone(server.Disk.VoterId);
        Judge();
    }

    /// <summary>A name for a proposer that no other run ever has.</summary>
    public ulong NextRun() => ++_runs;

    public long NewestVersion => Oracle.Newest.Version;

    public void OnAsked(RegisterOperation operation)
    {
        if (!operation.IsRead) Oracle.OnRequest(operation.RequestId, operation.ExpectedVersion);
    }

    // Two servers may ask for one change: that one of them got nowhere does not mean that it never happens.
    public void OnAnswered(RegisterOperation operation, RegisterResult result, long newestAtBegin)
    {
        Oracle.OnAnswer(operation, result, newestAtBegin, isFirstAttempt: false);
        Judge();
    }

    public void OnDurable(Guid voter, VoterState state)
    {
        Oracle.OnDurable(voter, state);
        Judge();
        if (Oracle.Newest.Version > Topology.Version) Decided(Oracle.Newest);
    }

    /// <summary>The machine at which a server of the topology is reached.</summary>
    public SimServer? Find(string? peer) => _world.Servers.FirstOrDefault(server => server.Peer == peer);

    public SimServer? HolderOf(ClusterTopology topology) => Find(topology.FindServer(topology.Master)?.Peer);

    /// <summary>Asks another process something and, unless anything is lost on the way, gets an answer. Both ends belong to one run.</summary>
    public void Exchange<TAnswer>(SimProcess from, SimServer to, Action<SimOffice, Action<TAnswer>> ask, Action<TAnswer> onAnswer)
    {
        var network = _world.Network;
        if (to == from.Server)
        {
            from.Schedule(_random.Between(1, 50), () => ask(from.Office!, answer => from.Schedule(1, () => onAnswer(answer))));
            return;
        }

        network.Send(from.Server.Number, to.Number, NetworkChannel.Control, () =>
        {
            if (to.Process is not { IsAlive: true } receiver) return;
            receiver.Run(() => ask(receiver.Office!, answer =>
                network.Send(to.Number, from.Server.Number, NetworkChannel.Control, () => from.Run(() => onAnswer(answer)))));
        });
    }

    private void Stop(SimServer server, long microseconds)
    {
        server.Kill();
        _world.Schedule(microseconds, server.Start);
    }

    private void Decided(ClusterTopology next)
    {
        var before = Topology;
        Topology = next;
        _world.Trace.Add(_world.Now, SimTraceWho.Master, TraceKind.Topology, next.Version, next.Generation);
        if (next.Generation != before.Generation && !_world.IsHealed) _world.Sightings.Note(Sighting.VotersChanged);
        if (before.FindServer(before.Master) is not null && next.FindServer(next.Master) is null) _world.Sightings.Note(Sighting.MasterExchangedItsStore);
        NoteRemovals(before, next);
        if (next.Master != before.Master)
        {
            _world.Sightings.Note(Sighting.MasterReplaced);
            if (HolderOf(before)?.Process is { IsAlive: true, IsPaused: false }) _world.Sightings.Note(Sighting.OldMasterStillInOffice);
        }

        _world.OnRegisterChanged(before);
    }

    private void NoteRemovals(ClusterTopology before, ClusterTopology next)
    {
        // Another disk under the same name is the same server: its vote goes to another one afterwards.
        foreach (var gone in before.Servers.Where(server => !next.Servers.Any(left => left.Name == server.Name)))
            if (VoterPlan.HasVote(next, gone)) throw new InvariantViolation("voters", $"{gone.Name} was taken out and still has a vote in generation {next.Generation}.");
        if (before.Nodes.SelectMany(node => node.InSync).Any(id => next.FindServer(id) is null)) _world.Sightings.Note(Sighting.ReplicaInSyncRemoved);
        foreach (var server in _world.Servers)
        {
            if (!server.IsReadmitted || server.Id is not { } id || !next.Nodes.Any(node => node.InSync.Contains(id))) continue;
            server.IsReadmitted = false;
            _world.Sightings.Note(Sighting.RemovedServerCameBackEmpty);
        }
    }

    private void Judge()
    {
        if (Oracle.Violation is { } broken) throw new InvariantViolation("register", broken);
    }
}
