using KvCluster.Core.Master;
using KvCluster.Core.Register;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Simulation;

/// <summary>Changes of the topology, one after the other, each a pure rule and a compare-and-set. The counterpart of <c>Master.DecideAsync</c>.</summary>
internal sealed class SimDecider(SimOffice office, SimRegister register)
{
    private const int AttemptsMax = 16;
    private readonly Queue<Change> _waiting = new();
    private bool _isBusy;

    public void Decide(Guid request, Func<ClusterTopology, TopologyDecision> rule, Action<TopologyDecision> onEnd)
    {
        _waiting.Enqueue(new Change(request, rule, onEnd));
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
        if (current.WasMadeBy(change.Request))
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

        var stamped = next.Stamp(current, change.Request);
        register.CompareAndSet(current.Version, stamped, outcome =>
        {
            switch (outcome)
            {
                case RegisterResultKind.Written:
                    office.OnWritten(stamped);
                    End(change, new TopologyDecision(stamped));
                    break;
                case RegisterResultKind.Conflict or RegisterResultKind.Unknown: Attempt(change, attempt + 1); break;
                default: End(change, Unavailable); break;
            }
        });
    }

    private static TopologyDecision Unavailable => TopologyDecision.Refuse(ProblemCode.RegisterUnavailable, "The register did not answer.");

    private void End(Change change, TopologyDecision decision)
    {
        change.OnEnd(decision);
        Next();
    }

    private sealed record Change(Guid Request, Func<ClusterTopology, TopologyDecision> Rule, Action<TopologyDecision> OnEnd);
}
