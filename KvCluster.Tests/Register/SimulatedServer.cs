using KvCluster.Core.Register;
using KvCluster.Core.Register.Effects;
using KvCluster.Core.Register.Messages;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Register;

/// <summary>A process with a voter and a proposer, and a client that keeps the proposer busy.</summary>
internal sealed class SimulatedServer(RegisterSimulation simulation, int place, RegisterWorld world, RegisterOracle oracle, RegisterFaults faults)
{
    private RegisterProposer _proposer = null!;
    private ClusterTopology _known = simulation.First;
    private ClusterTopology _saved = simulation.First;
    private RegisterOperation? _repeat;
    private RegisterOperation? _running;
    private bool _isFirstAttempt;
    private bool _hasProposed;
    private Guid _closing;
    private long _newestAtBegin;
    private int _run;
    private int _operations;

    public SimulatedVoter Voter { get; } = new(world, oracle, faults, simulation.NextGuid());
    public VoterInfo Info => new(new ServerId(place + 1), Voter.VoterId, $"s{place}:1");
    public bool IsUp { get; private set; }
    public bool HasLeft { get; private set; }

    /// <summary>Set at the end: does this one thing and nothing else.</summary>
    public RegisterResult? LastResult { get; private set; }

    public void Start()
    {
        if (IsUp || HasLeft) return;
        IsUp = true;
        Voter.Start();
        var run = faults.HasFlag(RegisterFaults.BallotReuse) ? 1UL : (ulong)simulation.NextRun();
        _known = _saved;
        _proposer = new RegisterProposer(new ProposerId(new ServerId(place + 1), run), SimulatedDocument.Cluster, 0, RegisterView.Of(_saved), world.Scenario.Options, faults);
        (_repeat, _running) = (null, null);
        world.Say($"s{place} starts");
        Think();
    }

    public void Crash()
    {
        if (!IsUp) return;
        (IsUp, _run) = (false, _run + 1);
        Voter.Crash();
        world.Say($"s{place} crashes");
    }

    public void Wipe()
    {
        Voter.Wipe(simulation.NextGuid());
        _saved = simulation.First;
        world.Say($"s{place} is wiped");
    }

    /// <summary>Goes for ever, if it owes nobody a vote.</summary>
    public void TryLeave()
    {
        var (state, disk) = (Voter.State, Voter.Disk);
        var isFree = state.Registers.IsEmpty && disk.Registers.IsEmpty && state.Ready is null && disk.Ready is null;
        var leavesEarly = faults.HasFlag(RegisterFaults.LeaveEarly) && disk.Registers.IsEmpty && disk.Ready is not null;
        if (!IsUp || (!isFree && !leavesEarly)) return;
        Crash();
        HasLeft = true;
        oracle.OnGone(Voter.VoterId);
        world.Say($"s{place} leaves");
    }

    /// <summary>A topology update. The client may hear of it before the proposer does.</summary>
    public void Learn(ClusterTopology decided)
    {
        if (!IsUp) return;
        Adopt(decided);
        if (world.IsCalm || world.Chance(0.5)) Carry(_proposer.Learn(decided));
    }

    /// <summary>One operation of the test itself, when all is calm.</summary>
    public void Ask(RegisterOperation operation)
    {
        LastResult = null;
        Begin(operation, isFirst: true);
    }

    public RegisterOperation Writing(Guid request)
    {
        oracle.OnRequest(request, _known.Version);
        return RegisterOperation.CompareAndSet(_known.Version, SimulatedDocument.After(_known, request), request);
    }

    public bool IsIdle => _running is null;

    private void Think()
    {
        if (world.IsCalm) return;
        Later(world.Random.Next(1, world.Scenario.ThinkMax), () =>
        {
            if (_running is null && !world.IsCalm) Begin(_repeat ?? Draw(), isFirst: _repeat is null);
        });
    }

    private RegisterOperation Draw()
    {
        var request = simulation.NextGuid();
        if (world.Chance(world.Scenario.VoterChanges * 0.4)) return Closing(request);
        if (world.Chance(0.5)) return Writing(request);
        return RegisterOperation.Read(isFullRound: world.Chance(0.2));
    }

    private RegisterOperation Closing(Guid request)
    {
        _closing = request;
        oracle.OnRequest(request, _known.Version);
        var next = SimulatedDocument.After(_known, request) with { Generation = _known.Generation + 1, Voters = [.. simulation.DrawVoters()] };
        return RegisterOperation.CompareAndSet(_known.Version, next, request);
    }

    // Somebody asks for the same change with another result: either may have been decided, and only the decided one may be told of.
    private RegisterOperation WithOtherVoters(RegisterOperation closing) => closing.RequestId != _closing
        ? closing
        : RegisterOperation.CompareAndSet(closing.ExpectedVersion, closing.Document! with { Voters = [.. simulation.DrawVoters()] }, closing.RequestId);

    private void Begin(RegisterOperation operation, bool isFirst)
    {
        (_running, _repeat, _isFirstAttempt, _hasProposed, _newestAtBegin) = (operation, null, isFirst, false, oracle.Newest.Version);
        var number = ++_operations;
        Carry(_proposer.Begin(operation));
        if (!world.IsCalm) Later(world.Chance(world.Scenario.Abandons) ? world.Random.Next(1, 80) : world.Random.Next(100, 1_500), () =>
        {
            if (number == _operations && _running is not null) Carry(_proposer.Abandon());
        });
        WatchForSilence();
    }

    private void WatchForSilence() => Later(world.Scenario.SilenceMilliseconds + world.Random.Next(0, 10), () =>
    {
        if (!_proposer.IsBusy && !_proposer.IsHandingOver) return;
        Carry(_proposer.OnSilence());
        WatchForSilence();
    });

    private void Carry(IReadOnlyList<ProposerEffect> effects)
    {
        // Who asked and what is done with a decided document are two threads of a server: either may be the first.
        var endsFirst = world.Chance(0.5);
        foreach (var effect in endsFirst ? effects.OrderBy(effect => effect is DecidedEffect) : (IEnumerable<ProposerEffect>)effects)
        {
            switch (effect)
            {
                case SendRequest send: Send(send); break;
                case PauseEffect pause: Later(world.Random.Next(1, Math.Min(500, 8 << Math.Min(pause.Attempt, 6))), () => Carry(_proposer.OnPauseOver())); break;
                case DecidedEffect decided: OnDecided(decided); break;
                case CompletedEffect completed: OnCompleted(completed.Result); break;
            }
        }
    }

    private void Send(SendRequest send)
    {
        var (target, run) = (send.To.Server.Value - 1, _run);
        _hasProposed |= send.Request is Accept accept && _running is { IsRead: false } running && accept.Document.WasMadeBy(running.RequestId);
        world.Say($"s{place} -> s{target} #{send.Number} {Describe(send.Request)}");
        world.Carry(place, target, () => simulation.ServerAt(target).Voter.On(send.Request, answer =>
        {
            world.Say($"s{target} -> s{place} #{send.Number} {Describe(answer)}");
            world.Carry(target, place, () =>
            {
                if (IsUp && run == _run) Carry(_proposer.On(send.Number, send.To.VoterId, answer));
            });
        }));
    }

    private void OnDecided(DecidedEffect decided)
    {
        world.Say($"s{place} learns {SimulatedDocument.Name(decided.Document)} in g{decided.Generation} at {decided.Ballot}");
        Adopt(decided.Document);
        if (decided.Document.Generation == decided.Generation) TellOwnVoter(decided);
        TellOthers(decided.Document);
    }

    private void TellOthers(ClusterTopology decided)
    {
        foreach (var other in simulation.Others(place))
            if (world.Chance(world.Scenario.Broadcasts)) world.Carry(place, other.Place, () => other.Learn(decided));
    }

    // What is decided in a generation frees the own voter of older ones, and of its word for a close that did not come.
    private void TellOwnVoter(DecidedEffect decided)
    {
        var document = decided.Document;
        var to = new RegisterAddress(document.ClusterId, document.Lineage, decided.Generation + 1, Voter.VoterId);
        Voter.On(new Release(to, decided.Ballot), _ => { });
        if (Voter.State.Registers.Any(held => held.Generation < decided.Generation))
            Voter.On(new Retire(to with { Generation = decided.Generation - 1 }, new VoterPointer(document.Generation, document.Voters)), _ => { });
    }

    public int Place => place;

    private void Adopt(ClusterTopology decided)
    {
        if (decided.Version <= _known.Version) return;
        _known = decided;
        if (world.IsCalm || world.Chance(0.7)) _saved = decided;
    }

    private void OnCompleted(RegisterResult result)
    {
        var operation = _running!;
        world.Say($"s{place} ends {(operation.IsRead ? "read" : "write " + operation.RequestId)} with {result.Kind}");
        oracle.OnAnswer(operation, result, _newestAtBegin, _isFirstAttempt);
        if (result.Kind == RegisterResultKind.Unavailable && _hasProposed) oracle.Break($"Answers: {operation.RequestId} was told that nothing was proposed, and its value was");
        if (result.Kind == RegisterResultKind.Written)
        {
            var written = faults.HasFlag(RegisterFaults.AdoptOwnDocument) ? operation.Document! : result.Document!;
            Adopt(written);
            TellOthers(written);
        }

        if (result.Kind is RegisterResultKind.Unknown && !operation.IsRead && world.Chance(0.7)) _repeat = world.Chance(0.5) ? operation : WithOtherVoters(operation);
        (_running, LastResult) = (null, result);
        Think();
    }

    private void Later(long milliseconds, Action action)
    {
        var run = _run;
        world.After(milliseconds, () =>
        {
            if (IsUp && run == _run) action();
        });
    }

    private static string Describe(RegisterRequest request) => request switch
    {
        Prepare prepare => $"prepare g{prepare.To.Generation} {prepare.Ballot}",
        Accept accept => $"accept g{accept.To.Generation} {accept.Ballot} {SimulatedDocument.Name(accept.Document)}",
        Initialise initialise => $"initialise g{initialise.To.Generation} {SimulatedDocument.Name(initialise.Document)}",
        _ => $"{request.GetType().Name} g{request.To.Generation}",
    };

    private static string Describe(RegisterAnswer answer) => answer switch
    {
        Promised promised => $"promised {promised.Ballot}, holds {SimulatedDocument.Name(promised.Document)} of {promised.Accepted}",
        Shown shown => $"shows {SimulatedDocument.Name(shown.Document)} of {shown.Accepted}",
        Higher higher => $"higher {higher.Ballot}",
        _ => answer.GetType().Name,
    };
}
