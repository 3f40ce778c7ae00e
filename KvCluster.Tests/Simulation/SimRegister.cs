using KvCluster.Core.Register;
using KvCluster.Core.Register.Effects;
using KvCluster.Core.Register.Messages;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Simulation;

/// <summary>The register as a process reaches it: the real proposer, one operation at a time, each of them ended by a clock. The counterpart of <c>EmbeddedRegister</c>.</summary>
internal sealed class SimRegister(RealMasters masters, SimOffice office, SimProcess process)
{
    private const int SilenceBeacons = 2;
    private const int OperationBeacons = 20;
    private const long PauseMin = 4_000;
    private readonly Queue<(RegisterOperation Operation, Action<RegisterResult> OnEnd)> _waiting = new();
    private readonly ulong _run = process.World.Plan.RegisterFaults.HasFlag(RegisterFaults.BallotReuse) ? 1UL : masters.NextRun();
    private RegisterProposer? _proposer;
    private (RegisterOperation Operation, Action<RegisterResult> OnEnd)? _running;
    private long _newestAtBegin;
    private long _number;
    private long _watch;
    private long _askedAt;
    private int _silenceBeacons;

    private long Beacon => process.World.Plan.Options.BeaconMicroseconds;

    /// <param name="onEnd">Gets what was the newest document at some moment from now on, or nothing.</param>
    public void Read(Action<ClusterTopology?> onEnd) => Ask(RegisterOperation.Read(), result => onEnd(result.Kind == RegisterResultKind.Read ? result.Document : null));

    public void CompareAndSet(long expectedVersion, ClusterTopology document, Action<RegisterResult> onEnd) =>
        Ask(RegisterOperation.CompareAndSet(expectedVersion, document, document.Recent[^1].RequestId), onEnd);

    /// <summary>A decided document came from elsewhere.</summary>
    public void Learn(ClusterTopology decided)
    {
        if (_proposer is not null) Drive(proposer => proposer.Learn(decided));
    }

    private void Ask(RegisterOperation operation, Action<RegisterResult> onEnd)
    {
        _waiting.Enqueue((operation, onEnd));
        if (_running is null) BeginNext();
    }

    private void BeginNext()
    {
        if (_running is not null || !_waiting.TryDequeue(out var next)) return;
        if (Proposer() is null)
        {
            next.OnEnd(new RegisterResult(RegisterResultKind.Unavailable, null));
            BeginNext();
            return;
        }

        _running = next;
        _newestAtBegin = masters.NewestVersion;
        masters.OnAsked(next.Operation);
        var number = ++_number;
        _silenceBeacons = SilenceBeacons;
        Drive(proposer => proposer.Begin(next.Operation));
        process.Schedule(Beacon * OperationBeacons, () =>
        {
            if (number == _number && _running is not null) Drive(proposer => proposer.Abandon());
        });
    }

    private RegisterProposer? Proposer()
    {
        if (_proposer is not null || office.Known is not { Voters.Length: > 0 } known) return _proposer;
        var id = new ProposerId(new(process.Server.Number + 1), _run);
        return _proposer = new RegisterProposer(id, known.ClusterId, known.Lineage, RegisterView.Of(known), new RegisterOptions(), process.World.Plan.RegisterFaults);
    }

    // One clock, set anew with each question.
    private void WatchForSilence()
    {
        var watch = ++_watch;
        process.Schedule(Beacon * _silenceBeacons, () =>
        {
            if (watch != _watch || !(_proposer!.IsBusy || _proposer.IsHandingOver)) return;
            _silenceBeacons = Math.Min(_silenceBeacons * 2, SilenceBeacons * 4);
            WatchForSilence();
            Drive(proposer => proposer.OnSilence());
        });
    }

    private void Drive(Func<RegisterProposer, IReadOnlyList<ProposerEffect>> step)
    {
        var decided = new List<DecidedEffect>();
        RegisterResult? ended = null;
        var asked = _proposer!.Question;
        foreach (var effect in step(_proposer))
        {
            switch (effect)
            {
                case SendRequest send: Send(send); break;
                case PauseEffect pause:
                    process.Schedule(process.World.Random.Between(1, PauseMax(pause.Attempt)), () => Drive(proposer => proposer.OnPauseOver()));
                    break;
                case DecidedEffect found: decided.Add(found); break;
                case CompletedEffect completed: ended = completed.Result; break;
            }
        }

        if (_proposer.Question != asked)
        {
            _askedAt = process.World.Now;
            WatchForSilence();
        }

        // Two threads of a server go on from here: who asked, and what is done with a decided document. Either may be the first.
        var endsFirst = ended is not null && process.World.Random.Chance(500);
        if (endsFirst) End(ended!.Value);
        foreach (var found in decided)
            if (process.IsAlive) office.OnDecided(found);
        if (!endsFirst && process.IsAlive && ended is { } result) End(result);
    }

    private long PauseMax(int attempt) => Math.Min(Beacon * 10, Math.Max(PauseMin, process.World.Now - _askedAt) << Math.Min(attempt, 8));

    private void Send(SendRequest send)
    {
        if (masters.Find(send.To.Peer) is not { } to) return;
        masters.Exchange<RegisterAnswer>(
            process, to, (other, reply) => other.Voter.On(send.Request, reply), answer => Drive(proposer => proposer.On(send.Number, send.To.VoterId, answer)));
    }

    private void End(RegisterResult result)
    {
        var (operation, onEnd) = _running!.Value;
        process.World.Trace.Add(process.World.Now, process.Server.Number, TraceKind.RegisterAnswered, operation.IsRead ? -1 : operation.ExpectedVersion, (long)result.Kind, result.Kind);
        masters.OnAnswered(operation, result, _newestAtBegin);
        _running = null;
        onEnd(result);
        BeginNext();
    }
}
