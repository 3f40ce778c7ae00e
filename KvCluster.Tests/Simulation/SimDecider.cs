using KvCluster.Core.Master;
using KvCluster.Core.Register;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Simulation;

/// <summary>Changes of the topology, one after the other, each a pure rule and a compare-and-set. The counterpart of <c>Master.DecideAsync</c>.</summary>
/// <param name="faults">Planted here: <see cref="RegisterFaults.AdoptOwnDocument"/>.</param>
internal sealed class SimDecider(SimOffice office, SimRegister register, RegisterFaults faults)
{
    private const int AttemptsMax = 16;
    private const int RepetitionsMax = 3;
    private readonly Queue<Change> _waiting = new();
    private bool _isBusy;

    public void Decide(Guid request, Func<ClusterTopology, TopologyDecision> rule, Predicate<ClusterTopology> isDone, Action<TopologyDecision> onEnd)
    {
        _waiting.Enqueue(new Change(request, rule, isDone, onEnd));
        if (!_isBusy) Next();
    }

    private void Next()
    {
        _isBusy = _waiting.TryDequeue(out var change);
        if (_isBusy) Attempt(change!, 0);
    }

    private void Attempt(Change change, int attempt)
    {
        if (attempt == AttemptsMax) End(change, Unavailable);
        else if (attempt == 0 && office.Known is { } known) Judge(change, attempt, known, isNewest: false);
        else
        {
            register.Read(newest =>
            {
                if (newest is null) End(change, Unavailable);
                else Judge(change, attempt, newest, isNewest: true);
            });
        }
    }

    private void Judge(Change change, int attempt, ClusterTopology current, bool isNewest)
    {
        if (change.IsDone(current))
        {
            End(change, new TopologyDecision(current));
            return;
        }

        var decision = change.Rule(current);
        if (decision.Next is not { } next || ReferenceEquals(next, current))
        {
            if (isNewest) End(change, decision);
            else Attempt(change, attempt + 1);
            return;
        }

        Write(change, attempt, current.Version, next.Stamp(current, change.Request), 0);
    }

    // What is in doubt is asked for again as it was, a few times.
    private void Write(Change change, int attempt, long expected, ClusterTopology stamped, int repetition) => register.CompareAndSet(expected, stamped, result =>
    {
        var isInDoubt = result.Kind == RegisterResultKind.Unknown || (repetition > 0 && result.Kind == RegisterResultKind.Unavailable);
        if (result.Kind == RegisterResultKind.Written)
        {
            var written = faults.HasFlag(RegisterFaults.AdoptOwnDocument) ? stamped : result.Document!;
            office.OnWritten(written);
            End(change, new TopologyDecision(written));
        }
        else if (result.Kind == RegisterResultKind.Conflict || (repetition == 0 && result.Document is not null && isInDoubt) || (isInDoubt && faults.HasFlag(RegisterFaults.AdoptOwnDocument))) Attempt(change, attempt + 1);
        else if (isInDoubt && repetition < RepetitionsMax) Write(change, attempt, expected, stamped, repetition + 1);
        else End(change, isInDoubt ? InDoubt : Unavailable);
    });

    private static TopologyDecision InDoubt => TopologyDecision.Refuse(ProblemCode.OutcomeUnknown, "The register did not say what became of it.");
    private static TopologyDecision Unavailable => TopologyDecision.Refuse(ProblemCode.RegisterUnavailable, "The register did not answer.");

    private void End(Change change, TopologyDecision decision)
    {
        change.OnEnd(decision);
        Next();
    }

    private sealed record Change(Guid Request, Func<ClusterTopology, TopologyDecision> Rule, Predicate<ClusterTopology> IsDone, Action<TopologyDecision> OnEnd);
}
