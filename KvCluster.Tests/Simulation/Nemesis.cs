using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Simulation;

/// <summary>Strikes at random times with the kinds of faults that the seed switched on, and takes each fault back after a while.</summary>
internal sealed class Nemesis
{
    private readonly SimWorld _world;
    private readonly SimRandom _random;
    private const int LooksMax = 50;

    // What neither stops a server nor keeps anything from it.
    private const FaultKind Harmless = FaultKind.OldDisks | FaultKind.VoterChanges | FaultKind.ModeChanges | FaultKind.HandOvers;
    private readonly List<(FaultKind Kind, Action Strike)> _strikes;
    private long _harmUntil;
    private long _calmUntil;

    public Nemesis(SimWorld world)
    {
        (_world, _random) = (world, world.Random.Fork());
        _strikes =
        [
            (FaultKind.Partitions, CutBothWays),
            (FaultKind.OneWayPartitions, CutOneWay),
            (FaultKind.Clogs, Clog),
            (FaultKind.Disconnects, () => _world.Network.Disconnect(AnyServer)),
            (FaultKind.Pauses, Pause),
            (FaultKind.Kills, () => Crash(AnyServer, isPowerLost: false)),
            (FaultKind.PowerLoss, () => Crash(AnyServer, isPowerLost: true)),
            (FaultKind.BothDown, CrashBoth),
            (FaultKind.SlowDisks, SlowDisk),
            (FaultKind.DiskFailures, () => BreakDisk(DiskTrouble.Failing)),
            (FaultKind.FullDisks, () => BreakDisk(DiskTrouble.Full)),
            (FaultKind.WipedDisks, WipeDisk),
            (FaultKind.OldDisks, OldDisk),
            (FaultKind.ForcedPromotions, () => _world.ForcePromotion(_random.Pick(_world.Servers))),
            (FaultKind.WallJumps, () => AnyServer.Clock.JumpWall(_random.Between(-3_600_000, 3_600_000))),
            (FaultKind.HandOvers, HandOver),
            (FaultKind.ModeChanges, ChangeMode),
            (FaultKind.MasterAway, () => _world.Master.GoAway(SomeTime)),
            (FaultKind.Removals, Remove),
            (FaultKind.VoterChanges, () => _world.Master.ChangeVoters()),
        ];
        _strikes.RemoveAll(strike => !world.Plan.Faults.HasFlag(strike.Kind));
    }

    private SimServer AnyServer => _random.Pick(_world.Servers);
    private long Beacon => _world.Plan.Options.BeaconMicroseconds;

    // From well under the lease to well over the grace period.
    private long SomeTime => _random.Between(Beacon / 4, _world.Plan.Options.GraceMicroseconds * 2);

    public void Begin()
    {
        if (_strikes.Count > 0) _world.Schedule(_random.Around(Beacon * _world.Plan.StrikeBeacons), Strike);
    }

    private void Strike()
    {
        if (_world.IsHealed) return;
        var (kind, strike) = _random.Pick(_strikes);
        var isHarmless = (kind & Harmless) != 0;
        if (!isHarmless && (_world.Now < _calmUntil || _world.Nodes.Exists(node => node.HasOldDiskUnseen)))
        {
            Begin();
            return;
        }

        if (!isHarmless) _harmUntil = _world.Now + (_world.Plan.Options.GraceMicroseconds * 4);
        _world.Trace.Add(_world.Now, SimTraceWho.World, TraceKind.Fault, (long)kind, detail: kind);
        strike();
        Begin();
    }

    // Whom a partition separates: the two servers of a node, one server from all, or one server from the master.
    private (int From, int[] To) DrawCut()
    {
        var server = AnyServer;
        var peer = server.Node.OtherThan(server).Number;
        return (server.Number, _random.Below(4) switch
        {
            0 => [peer],
            1 => [.. _world.Master.SitesFor(server)],
            2 => [peer, .. _world.Master.SitesFor(server)],
            _ => [peer, .. _world.Master.SitesFor(server), .. _world.ClientSites],
        });
    }

    private void CutBothWays()
    {
        var (from, others) = DrawCut();
        var until = _world.Now + SomeTime;
        foreach (var other in others)
        {
            _world.Network.Cut(from, other, until);
            _world.Network.Cut(other, from, until);
        }

        _world.At(until, () => _world.Network.Disconnect(_world.Servers[from]));
    }

    private void CutOneWay()
    {
        var (from, others) = DrawCut();
        var until = _world.Now + SomeTime;
        var isOutward = _random.Chance(500);
        foreach (var other in others)
        {
            if (isOutward) _world.Network.Cut(from, other, until);
            else _world.Network.Cut(other, from, until);
        }

        _world.At(until, () => _world.Network.Disconnect(_world.Servers[from]));
    }

    private void Clog()
    {
        var server = AnyServer;
        var (from, to) = (server.Number, server.Node.OtherThan(server).Number);
        if (_random.Chance(300)) to = _random.Pick(_world.Master.SitesFor(server));
        if (_random.Chance(500)) (from, to) = (to, from);
        _world.Network.Clog(from, to, _world.Now + SomeTime);
    }

    private void Pause()
    {
        if (AnyServer.Process is not { IsAlive: true, IsPaused: false } process) return;
        process.Pause();
        _world.Schedule(SomeTime, process.Resume);
    }

    private void Crash(SimServer server, bool isPowerLost)
    {
        if (!server.IsUp) return;
        var other = server.Node.OtherThan(server);
        if (server == server.Node.Main && other.Disk.StagedId is not null && other.IsUp) _world.Sightings.Note(Sighting.MainLostDuringSnapshot);
        if (isPowerLost) server.LosePower();
        else server.Kill();
        if (!other.IsUp && other != server) _world.Sightings.Note(Sighting.BothServersDown);
        Restart(server, _random.Chance(300) ? _random.Between(1, Beacon) : SomeTime);
    }

    private void Restart(SimServer server, long after) => _world.Schedule(after, () =>
    {
        server.Disk.Trouble = DiskTrouble.None;
        server.Start();
    });

    private void CrashBoth()
    {
        var isPowerLost = _random.Chance(500);
        foreach (var server in _random.Pick(_world.Nodes).Servers) Crash(server, isPowerLost);
    }

    private void SlowDisk()
    {
        var server = AnyServer;
        server.Disk.SyncMicroseconds = SomeTime;
        _world.Schedule(SomeTime * 2, () =>
        {
            if (!_world.IsHealed) server.Disk.SyncMicroseconds = _world.Plan.SyncOf(server.Number);
        });
    }

    private void BreakDisk(DiskTrouble trouble)
    {
        var server = AnyServer;
        server.Disk.Trouble = trouble;

        // Somebody repairs it and starts the process anew.
        _world.Schedule(SomeTime + SomeTime, () =>
        {
            server.Disk.Trouble = DiskTrouble.None;
            if (server.Process is { HasFailed: true }) Crash(server, isPowerLost: true);
        });
    }

    // Never the only copy: that would be a loss that nothing can prevent.
    private void WipeDisk()
    {
        var server = AnyServer;
        var other = server.Node.OtherThan(server);
        if (other == server || other.IsOutdated || server.Node.Truth is not { } truth || other.Id is not { } survivor || !truth.InSync.Contains(survivor)) return;

        // A main that asked to be alone may be granted it after its disk is gone.
        if (server.Process is { } run && run.ProposedIn >= truth.Epoch) return;
        if (!other.IsUp || other.Disk.Trouble != DiskTrouble.None || server.Id is null || server.Node.Oracle.HasLostEntries || !_world.Master.MayWipe(server)) return;
        server.LosePower();
        _world.Master.OnWiped(server);
        server.Wipe();
        Restart(server, SomeTime);
    }

    // A backup of an earlier run is refused whatever else happens. One of the last run is only seen by who compares the logs: until that was
    // possible nothing else may go wrong.
    private void OldDisk()
    {
        var server = AnyServer;
        var isOfThisRun = _random.Chance(500);
        if (isOfThisRun && _random.Chance(300)) server.TakeImage();
        else if (!isOfThisRun && IsOnlyCopy(server)) RollBackOnlyCopy(server);
        else if (!isOfThisRun || _world.Now >= _harmUntil) RollBack(server, isOfThisRun);
        else if (server.HasImage(isOfThisRun))
        {
            _calmUntil = _harmUntil + Beacon;
            _world.At(_harmUntil, () => RollBack(server, isOfThisRun));
        }
    }

    private static bool IsOnlyCopy(SimServer server) =>
        server.Node.Truth is { InSync: [var alone] } && server.Id == alone && server.Process is { Self: not null } && server.HasImage(isOfThisRun: false);

    // It must not start, and its data stays where it is.
    private static void RollBackOnlyCopy(SimServer server)
    {
        if (server.Process!.ProposedIn >= server.Node.Truth!.Epoch) return;
        server.Kill();
        server.RollBackOnlyCopy();
        server.Start();
    }

    private void RollBack(SimServer server, bool isOfThisRun)
    {
        var other = server.Node.OtherThan(server);
        if (_world.IsHealed || other == server || !server.HasImage(isOfThisRun)) return;
        if (!server.IsUp || !other.IsUp || server.IsOutdated || other.IsOutdated || server.Node.Truth is not { InSync.Length: 2 } truth) return;

        // The store that the other one has in the set may be set aside already.
        if (other.Id is not { } survivor || !truth.InSync.Contains(survivor)) return;

        // What it asked for may be granted after its disk is an old one.
        if (server.Process!.ProposedIn >= truth.Epoch) return;
        var losesVote = _world.Master.MayWipe(server) && _random.Chance(300);
        if (_world.Master.Topology.Voters.Any(voter => voter.VoterId == server.Disk.VoterId)) _world.Sightings.Note(Sighting.OldDiskOfAVoter);
        server.Kill();
        if (losesVote) _world.Master.OnWiped(server);
        var isAlone = _world.Plan.HasRealMasters && _random.Chance(500);
        if (!isAlone) other.Kill();
        server.TryRollBack(isOfThisRun, losesVote);
        if (isOfThisRun && !isAlone && _world.Plan.HasRealMasters)
        {
            other.Start();
            StartWhenRegistered(server, other);
            return;
        }

        server.Start();
        if (isOfThisRun) other.Start();
        else if (!isAlone) Restart(other, SomeTime);
    }

    // Where registration takes its time the old disk must not be the only one that is back.
    private void StartWhenRegistered(SimServer server, SimServer other)
    {
        if (other.Process is { Self: not null }) server.Start();
        else _world.Schedule(Beacon / 4, () => StartWhenRegistered(server, other));
    }

    // As it is, or because it is dead and will come back with another disk.
    private void Remove()
    {
        var server = AnyServer;
        if (server.Id is not { } id || !server.IsUp) return;
        if (_random.Chance(400) && server.Node.Main != server) Crash(server, isPowerLost: false);
        _world.Master.Remove(id);
        LookAfter(server, LooksMax);
    }

    // A server that never heard that it was taken out, because the master that knew it is gone, is started anew by who wanted it out.
    private void LookAfter(SimServer server, int looks) => _world.Schedule(Beacon * 10, () =>
    {
        if (server is { Id: null, Process: { IsAlive: true, Self: not null } })
        {
            server.Kill();
            server.Start();
        }

        if (looks > 1) LookAfter(server, looks - 1);
    });

    private void HandOver()
    {
        if (_random.Pick(_world.Nodes).Main is not { Process: { IsAlive: true } process }) return;
        var isLeaving = _random.Chance(300);
        process.Run(() => process.FrontEnd.HandOver(isLeaving));
    }

    private void ChangeMode()
    {
        WriteMode[] modes = _world.Plan.Faults.HasFlag(FaultKind.Relaxed) ? [WriteMode.InSync, WriteMode.Strict, WriteMode.Relaxed, WriteMode.Relaxed] : [WriteMode.InSync, WriteMode.Strict];
        _world.Master.SetWriteMode(_random.Pick(modes));
    }
}
