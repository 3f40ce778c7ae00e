using KvCluster.Core.Register.Effects;
using KvCluster.Core.Register.Messages;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Core.Register;

/// <summary>
/// The proposer of the topology register: one operation at a time, in rounds of promises and votes, over any number of changes of the
/// voters. It answers only what was decided in the round itself (R6), and calls unknown what it cannot know.
/// </summary>
/// <remarks>Any server may run one, any number of them at once. The shell carries requests, measures time and draws the random pauses.</remarks>
public sealed class RegisterProposer
{
    private readonly ProposerId _id;
    private readonly ClusterId _cluster;
    private readonly int _lineage;
    private readonly RegisterOptions _options;
    private readonly RegisterFaults _faults;
    private readonly Dictionary<Guid, RegisterAnswer> _answers = [];
    private readonly HashSet<Guid> _told = [];
    private readonly HashSet<Guid> _askedAgain = [];
    private readonly List<ProposerEffect> _effects = [];
    private RegisterHandover? _handover;
    private NextVoters? _next;
    private NextVoters? _refused;
    private RegisterOperation? _operation;
    private RoundPhase _phase;
    private long _number;
    private long _counter;
    private int _pauses;
    private int _quorumBefore;
    private Ballot _ballot;
    private ClusterTopology? _found;
    private ClusterTopology? _value;

    // What this request asks for, or may have asked for earlier, lies with a voter: it may be decided without this proposer.
    private bool _isInDoubt;
    private bool _isRefusedByNextVoters;

    public RegisterProposer(ProposerId id, ClusterId cluster, int lineage, RegisterView view, RegisterOptions options)
        : this(id, cluster, lineage, view, options, RegisterFaults.None)
    {
    }

    internal RegisterProposer(ProposerId id, ClusterId cluster, int lineage, RegisterView view, RegisterOptions options, RegisterFaults faults)
    {
        (_id, _cluster, _lineage, View, _options, _faults) = (id, cluster, lineage, view, options, faults);
        _quorumBefore = view.Quorum;
    }

    public RegisterView View { get; private set; }
    public bool IsBusy => _operation is not null;

    /// <summary>Raised with everything new that the voters are asked: from then on it counts how long they are silent.</summary>
    public long Question => _number;

    /// <summary>A change of the voters is being finished; <see cref="OnSilence"/> drives it on also without an operation.</summary>
    public bool IsHandingOver => _handover is { IsOver: false };

    /// <exception cref="InvalidOperationException">Another operation is under way.</exception>
    public IReadOnlyList<ProposerEffect> Begin(RegisterOperation operation)
    {
        if (IsBusy) throw new InvalidOperationException("A proposer does one thing at a time.");
        _effects.Clear();
        (_operation, _pauses, _isInDoubt) = (operation, 0, false);
        StartRound(mayQuery: !operation.IsFullRound);
        return [.. _effects];
    }

    /// <summary>An answer has come. Late, doubled and unasked ones are harmless.</summary>
    public IReadOnlyList<ProposerEffect> On(long number, Guid voter, RegisterAnswer answer)
    {
        _effects.Clear();
        if (_handover is { } handover && number == handover.Number) handover.On(voter, answer, _effects);
        else if (number == _number && IsBusy) OnAnswer(voter, answer);
        return [.. _effects];
    }

    /// <summary>No majority answered in time: begins a new round.</summary>
    public IReadOnlyList<ProposerEffect> OnSilence()
    {
        _effects.Clear();
        if (IsHandingOver) _handover!.Send(_effects);
        if (_phase == RoundPhase.Ready) ProposeFound();
        else if (IsBusy && _phase != RoundPhase.Pause) StartRound(mayQuery: false);
        return [.. _effects];
    }

    /// <summary>The pause that <see cref="PauseEffect"/> asked for is over.</summary>
    public IReadOnlyList<ProposerEffect> OnPauseOver()
    {
        _effects.Clear();
        if (_phase == RoundPhase.Pause) StartRound(mayQuery: false);
        return [.. _effects];
    }

    /// <summary>Time is up for the operation.</summary>
    public IReadOnlyList<ProposerEffect> Abandon()
    {
        _effects.Clear();
        if (IsBusy) Complete(_isInDoubt ? RegisterResultKind.Unknown : RegisterResultKind.Unavailable, null);
        return [.. _effects];
    }

    /// <summary>A document that is known to be decided came from elsewhere, such as a topology update.</summary>
    public IReadOnlyList<ProposerEffect> Learn(ClusterTopology decided)
    {
        _effects.Clear();
        if (decided.ClusterId != _cluster || decided.Lineage != _lineage) return [];
        if (decided.Generation > View.Generation)
        {
            _quorumBefore = View.Quorum;
            View = RegisterView.Of(decided);
            if (IsBusy && _phase != RoundPhase.Pause) StartRound(mayQuery: _operation!.IsRead && !_operation.IsFullRound);
        }
        else if (decided.Generation == View.Generation && decided.Version > (View.Newest?.Version ?? 0))
        {
            View = View with { Newest = decided };
        }

        return [.. _effects];
    }

    private int Quorum => _faults.HasFlag(RegisterFaults.OldQuorum) ? Math.Min(_quorumBefore, View.Quorum) : View.Quorum;

    private void StartRound(bool mayQuery)
    {
        _answers.Clear();
        _told.Clear();
        _askedAgain.Clear();
        _number++;
        (_found, _value, _isRefusedByNextVoters) = (null, null, false);
        _phase = mayQuery ? RoundPhase.Query : RoundPhase.Prepare;
        if (!mayQuery) _ballot = new Ballot(++_counter, _id);
        SendToVoters();
    }

    private void SendToVoters()
    {
        foreach (var voter in View.Voters) Send(voter);
    }

    private void Send(VoterInfo voter)
    {
        var to = To(voter, View.Generation);
        _effects.Add(new SendRequest(voter, _number, _phase switch
        {
            RoundPhase.Query => new Query(to),
            RoundPhase.Prepare => new Prepare(to, _ballot),
            _ => new Accept(to, _ballot, _value!),
        }));
    }

    private RegisterAddress To(VoterInfo voter, long generation) => new(_cluster, _lineage, generation, voter.VoterId);

    private void OnAnswer(Guid voter, RegisterAnswer answer)
    {
        var voters = _phase == RoundPhase.Ready ? _next!.Voters : View.Voters;
        if (_phase is RoundPhase.Idle or RoundPhase.Pause || voters.All(known => known.VoterId != voter)) return;
        if (answer is Higher higher) _counter = Math.Max(_counter, CounterOf(higher.Ballot));
        if (answer is Moved moved && moved.MovedTo.Generation > View.Generation && _phase != RoundPhase.Ready)
        {
            Follow(moved.MovedTo);
            return;
        }

        // A blank voter that was told how the generation begins is asked once more, and only once in a round: a doubled message makes no more of them.
        if (answer is Initialised)
        {
            if (_phase is not (RoundPhase.Query or RoundPhase.Prepare) || !_askedAgain.Add(voter)) return;
            _answers.Remove(voter);
            Send(voters.First(known => known.VoterId == voter));
            return;
        }

        _answers[voter] = answer;
        if (answer is Promised { Document: var held } && _operation is { IsRead: false } mine && !_faults.HasFlag(RegisterFaults.ForgetEarlierAttempt)) _isInDoubt |= held.WasMadeBy(mine.RequestId);
        switch (_phase)
        {
            case RoundPhase.Query: OnShown(); break;
            case RoundPhase.Prepare: OnPromises(); break;
            case RoundPhase.Ready: OnReadiness(); break;
            case RoundPhase.Accept: OnVotes(); break;
        }

        if (answer is Blank && _phase is RoundPhase.Query or RoundPhase.Prepare) OnBlank();
    }

    // The planted bug of R2: a ballot that bears this proposer's own name is taken up again.
    private long CounterOf(Ballot inTheWay) =>
        _faults.HasFlag(RegisterFaults.BallotReuse) && inTheWay.Proposer == _id ? inTheWay.Counter - 1 : inTheWay.Counter;

    // What was retired leads on; nothing is known of how that generation began, and nobody there needs to be told.
    private void Follow(VoterPointer pointer)
    {
        _quorumBefore = View.Quorum;
        View = new RegisterView(pointer.Generation, pointer.Voters, View.Newest, null);
        StartRound(mayQuery: _operation!.IsRead && !_operation.IsFullRound);
    }

    private void OnBlank()
    {
        var blanks = View.Voters.Where(voter => _answers.GetValueOrDefault(voter.VoterId) is Blank).ToArray();
        if ((View.Initial ?? FindInitial()) is not { } initial) return;
        foreach (var voter in blanks)
        {
            if (!_told.Add(voter.VoterId)) continue;
            _answers.Remove(voter.VoterId);
            _effects.Add(new SendRequest(voter, _number, new Initialise(To(voter, View.Generation), initial)));
        }
    }

    // Any document that is decided and belongs to this generation will do (argued at the head of docs/spec/TopologyRegister.tla). The closing
    // value is how it began. A later one was voted for by a majority above the initial ballot, without the blank voter: whoever finds the
    // blank voter's copy either finds one of those votes too, and prefers it, or is too late with its own ballot.
    private ClusterTopology? FindInitial()
    {
        if (View.Newest?.Generation == View.Generation) return View.Newest;
        foreach (var answer in _answers.Values)
        {
            if (answer is Promised promised && promised.Accepted == Ballot.Initial) return promised.Document;
            if (answer is Shown shown && shown.Accepted == Ballot.Initial) return shown.Document;
        }

        return null;
    }

    private void OnShown()
    {
        var shown = _answers.Values.OfType<Shown>().ToArray();
        foreach (var one in shown)
        {
            var same = shown.Count(other => _faults.HasFlag(RegisterFaults.ReadAnyBallot) ? other.Accepted <= one.Accepted : other.Accepted == one.Accepted);
            if (same < Quorum) continue;
            Conclude(one.Document, one.Accepted);
            return;
        }

        if (_answers.Count == View.Voters.Length && shown.Length >= Quorum) StartRound(mayQuery: false);
    }

    private void OnPromises()
    {
        var promises = _answers.Values.OfType<Promised>().ToArray();
        if (promises.Length < Quorum)
        {
            PauseIfHopeless();
            return;
        }

        var highest = promises.MaxBy(promise => promise.Accepted)!;
        if (_faults.HasFlag(RegisterFaults.NotHighest)) highest = promises.MinBy(promise => promise.Accepted)!;
        _found = highest.Document;
        _value = Choose(_found);
        if (_faults.HasFlag(RegisterFaults.AnswerEarly) && ReferenceEquals(_value, _found) && _found.Generation == View.Generation && _operation!.VerdictOf(_found, _faults) is { } early)
            Complete(early, _found);
        else if (_faults.HasFlag(RegisterFaults.InitialiseUndecided) && _value.Generation > View.Generation) MoveTo(_value);
        else if (_value.Generation > View.Generation && !ReferenceEquals(_value, _found) && !_faults.HasFlag(RegisterFaults.CloseUnready)) AskNextVoters();
        else Propose();
    }

    private ClusterTopology Choose(ClusterTopology found)
    {
        if (_operation is not { Document: { } document } operation) return found;
        if (_faults.HasFlag(RegisterFaults.CheckBefore)) return document;
        var isClosed = found.Generation > View.Generation && !_faults.HasFlag(RegisterFaults.CloseNotTerminal);
        return !isClosed && found.Version == operation.ExpectedVersion ? document.Stamp(found, operation.RequestId, _options.RecentMax) : found;
    }

    private void AskNextVoters()
    {
        _answers.Clear();
        _number++;
        _phase = RoundPhase.Ready;
        _next = new NextVoters(_value!.Voters, _cluster, _lineage);
        _next.Ask(View, _ballot, _number, _effects);
    }

    private void OnReadiness()
    {
        if (_next!.AreReady(_answers, _ballot)) Propose();
        else if (_answers.Values.Any(answer => answer is not Ready)) ProposeFound();
    }

    // Using up the ballot for what was found ends the attempt for good: nobody can decide that close any more, and who was ready is free.
    private void ProposeFound()
    {
        (_value, _refused, _isRefusedByNextVoters) = (_found, _next, true);
        _next!.Refuse(View, _answers, _effects);
        Propose();
    }

    private void Propose()
    {
        _answers.Clear();
        _number++;
        _phase = RoundPhase.Accept;
        _isInDoubt |= !ReferenceEquals(_value, _found);
        SendToVoters();
    }

    private void OnVotes()
    {
        if (_answers.Values.Count(answer => answer is Voted voted && voted.Ballot == _ballot) >= Quorum) Conclude(_value!, _ballot);
        else PauseIfHopeless();
    }

    private void PauseIfHopeless()
    {
        var refusals = _answers.Values.Count(answer => answer is not (Promised or Voted or Blank));
        if (View.Voters.Length - refusals >= Quorum) return;
        _phase = RoundPhase.Pause;
        _effects.Add(new PauseEffect(Math.Min(++_pauses, 16)));
    }

    /// <summary>The value is decided in this generation: answers from it, or goes on where it leads.</summary>
    private void Conclude(ClusterTopology value, Ballot ballot)
    {
        _effects.Add(new DecidedEffect(View.Generation, ballot, value));
        if (value.Generation == View.Generation) _refused?.Free(View.Generation, ballot, _effects);
        _refused = null;
        var isClosed = value.Generation > View.Generation;
        var operation = _operation!;
        var verdict = operation.IsRead ? ReadVerdict(isClosed) : operation.VerdictOf(value, _faults);
        if (verdict is null && !isClosed) verdict = _isRefusedByNextVoters ? RegisterResultKind.NotReady : RegisterResultKind.Unknown;
        if (verdict is { } settled) Complete(settled, settled == RegisterResultKind.Unknown && _isInDoubt ? null : value);
        if (isClosed) MoveTo(value);
        else if (value.Version > (View.Newest?.Version ?? 0)) View = View with { Newest = value };
    }

    private RegisterResultKind? ReadVerdict(bool isClosed) =>
        isClosed && !_faults.HasFlag(RegisterFaults.ReadClosed) ? null : RegisterResultKind.Read;

    private void MoveTo(ClusterTopology closing)
    {
        var before = View;
        _quorumBefore = before.Quorum;
        View = new RegisterView(closing.Generation, closing.Voters, closing, _faults.HasFlag(RegisterFaults.NoCarry) ? WithoutCarrying(before, closing) : closing);
        _handover = new RegisterHandover(View, before.Voters, before.Generation, ++_number, _options.HandoverTriesMax);
        _handover.Send(_effects);
        if (IsBusy) StartRound(mayQuery: _operation!.IsRead && !_operation.IsFullRound);
    }

    // The planted bug of R10: the addresses of the closing value with the content this proposer happened to have.
    private ClusterTopology WithoutCarrying(RegisterView before, ClusterTopology closing) => before.Newest is not { } mine || mine.Version >= closing.Version
        ? closing
        : (mine with { Generation = closing.Generation, Voters = closing.Voters }).Stamp(mine, closing.Recent[^1].RequestId, _options.RecentMax);

    private void Complete(RegisterResultKind kind, ClusterTopology? document)
    {
        (_operation, _phase) = (null, RoundPhase.Idle);
        _effects.Add(new CompletedEffect(new RegisterResult(kind, document)));
    }
}
