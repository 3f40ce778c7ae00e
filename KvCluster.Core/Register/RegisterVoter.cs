using KvCluster.Core.Register.Messages;
using KvCluster.Protocol.Topology;

namespace KvCluster.Core.Register;

/// <summary>
/// The acceptor of the topology register: promises, votes, and keeps closed generations closed. It relies on nothing but its own
/// durable state; time, order and number of the requests are of no account to its safety.
/// </summary>
public sealed class RegisterVoter
{
    private const int RegistersMax = 2;
    private readonly RegisterFaults _faults;
    private long _writes;

    public RegisterVoter(VoterState state) : this(state, RegisterFaults.None)
    {
    }

    internal RegisterVoter(VoterState state, RegisterFaults faults) => (State, _faults) = (state, faults);

    /// <summary>As of the newest write, which may not be durable yet.</summary>
    public VoterState State { get; private set; }

    public VoterStep On(RegisterRequest request)
    {
        var to = request.To;
        if (!IsMeant(to) && !_faults.HasFlag(RegisterFaults.AnswerForOthers)) return Say(new Stranger(State.Lineage));
        if (to.Generation < State.Floor) return Say(new Moved(State.MovedTo!));
        return request switch
        {
            Prepare prepare => OnPrepare(prepare),
            Accept accept => OnAccept(accept),
            Query => State.Find(to.Generation) is { } held ? Say(new Shown(held.Accepted, held.Document)) : Say(new Blank()),
            MakeReady ready => OnMakeReady(ready),
            Release release => OnRelease(release),
            Initialise initialise => OnInitialise(initialise),
            Retire retire => OnRetire(retire),
            _ => Say(new Malformed()),
        };
    }

    private bool IsMeant(RegisterAddress to) => to.Cluster == State.ClusterId && to.Lineage == State.Lineage && to.VoterId == State.VoterId;

    private VoterStep OnPrepare(Prepare prepare)
    {
        if (State.Find(prepare.To.Generation) is not { } held) return Say(new Blank());
        if (prepare.Ballot < held.Promised) return Say(new Higher(held.Promised));
        if (prepare.Ballot.Counter - held.Promised.Counter > Ballot.LeapMax) return Say(new Malformed());
        var answer = new Promised(prepare.Ballot, held.Accepted, held.Document);
        return prepare.Ballot == held.Promised ? Say(answer) : Write(With(held with { Promised = prepare.Ballot }), answer);
    }

    private VoterStep OnAccept(Accept accept)
    {
        var generation = accept.To.Generation;
        var held = State.Find(generation);
        if (held is null && !CanTakeUp(generation)) return Say(new Blank());
        var promised = held?.Promised ?? Ballot.Initial;
        var isBelow = _faults.HasFlag(RegisterFaults.AcceptBelowPromise) ? held is not null && accept.Ballot < held.Accepted : accept.Ballot < promised;
        if (isBelow) return Say(new Higher(promised));
        if (accept.Ballot.Counter - promised.Counter > Ballot.LeapMax || !Belongs(accept.Document, generation)) return Say(new Malformed());
        var voted = new VoterRegister(generation, accept.Ballot > promised ? accept.Ballot : promised, accept.Ballot, accept.Document);
        return voted == held ? Say(new Voted(accept.Ballot)) : Write(With(voted), new Voted(accept.Ballot));
    }

    // The word is for one ballot. A newer one replaces it: a round that ends the newer attempt is above the older one too.
    private VoterStep OnMakeReady(MakeReady request)
    {
        var next = new VoterReadiness(request.To.Generation, request.Ballot);
        if (State.Registers.Any(held => held.Generation != next.Generation - 1)) return Say(new NotReady());
        if (State.Ready is { } given && (given.Generation > next.Generation || (given.Generation == next.Generation && given.Ballot > next.Ballot))) return Say(new NotReady());
        return State.Ready == next ? Say(new Ready(next.Ballot)) : Write(State with { Ready = next }, new Ready(next.Ballot));
    }

    private VoterStep OnRelease(Release release) =>
        State.Ready is { } given && given.Generation == release.To.Generation && given.Ballot <= release.Ballot
            ? Write(State with { Ready = null }, new Noted())
            : Say(new Noted());

    private VoterStep OnInitialise(Initialise request)
    {
        var generation = request.To.Generation;
        if (State.Find(generation) is not null) return Say(new Initialised());
        if (!CanTakeUp(generation)) return Say(new Blank());
        if (request.Document.Generation != generation || !Belongs(request.Document, generation)) return Say(new Malformed());
        return Write(With(new VoterRegister(generation, Ballot.Initial, Ballot.Initial, request.Document)), new Initialised());
    }

    private VoterStep OnRetire(Retire retire)
    {
        var floor = retire.To.Generation + 1;
        if (retire.MovedTo.Generation < floor) return Say(new Malformed());
        var pointer = State.MovedTo is { } known && known.Generation >= retire.MovedTo.Generation ? known : retire.MovedTo;
        var kept = State with
        {
            Registers = State.Registers.RemoveAll(held => held.Generation < floor),
            Ready = State.Ready?.Generation < floor ? null : State.Ready,
        };
        return Write(_faults.HasFlag(RegisterFaults.RetireToBlank) ? kept : kept with { Floor = floor, MovedTo = pointer }, new Noted());
    }

    // Two registers at most. A late word of an older generation must not take the place that a newer one was promised.
    private bool CanTakeUp(long generation) =>
        State.Registers.Length < RegistersMax && (State.Ready is not { } given || generation >= given.Generation - 1);

    private bool Belongs(ClusterTopology document, long generation) =>
        document.ClusterId == State.ClusterId && document.Lineage == State.Lineage && (document.Generation == generation || document.Generation == generation + 1);

    private VoterState With(VoterRegister changed)
    {
        var registers = State.Find(changed.Generation) is { } old ? State.Registers.Replace(old, changed) : State.Registers.Add(changed);
        return State with { Registers = registers, Ready = State.Ready?.Generation == changed.Generation ? null : State.Ready };
    }

    private VoterStep Write(VoterState next, RegisterAnswer answer)
    {
        State = next;
        _writes++;
        return new VoterStep(answer, next, _faults.HasFlag(RegisterFaults.AnswerBeforeSync) ? 0 : _writes);
    }

    private VoterStep Say(RegisterAnswer answer) => new(answer, null, _faults.HasFlag(RegisterFaults.AnswerBeforeSync) ? 0 : _writes);
}
