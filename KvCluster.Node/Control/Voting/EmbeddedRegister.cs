using KvCluster.Core.Register;
using KvCluster.Core.Register.Effects;
using KvCluster.Core.Register.Messages;
using KvCluster.Node.Peer;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Control.Voting;

/// <summary>
/// The register that the servers themselves keep: this server's proposer, its way to the voters, and its clock. One operation at a
/// time; each ends within <see cref="OperationMax"/>, with what is known by then.
/// </summary>
/// <remarks>register-rules: PROTOCOL.md, section "The topology register". The rules are in Core; nothing here decides.</remarks>
internal sealed class EmbeddedRegister : ITopologyRegister, IDisposable
{
    private const int PauseMillisecondsMin = 4;
    private const int PauseMillisecondsMax = 1_000;
    private static readonly TimeSpan OperationMax = TimeSpan.FromSeconds(2);

    // Doubled with each round, so that a slow disk is not asked anew faster than it can answer.
    private static readonly TimeSpan SilenceMin = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(1);
    private readonly LocalVoter _voter;
    private readonly TopologyHolder _holder;
    private readonly PeerListener _port;
    private readonly VoterAddresses _addresses;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _lock = new();
    // A vote that outlived its server's data is reached under the server's new id only.
    private readonly Dictionary<(Guid Vote, ServerId Server), VoterLink> _links = [];
    private readonly Timer _silence;
    private readonly Timer _pause;
    private RegisterProposer? _proposer;
    private int _lineage;
    private TaskCompletionSource<RegisterResult>? _running;
    private TimeSpan _silenceNow = SilenceMin;
    private long _askedAt;
    private bool _isStopped;

    public EmbeddedRegister(LocalVoter voter, TopologyHolder holder, PeerListener port, VoterAddresses addresses)
    {
        // The vote remembers a restored register also where the topology's file is lost (R19).
        holder.LineageMin = voter.Lineage;
        (_voter, _holder, _port, _addresses) = (voter, holder, port, addresses);
        _silence = new Timer(_ => OnSilence());
        _pause = new Timer(_ => Drive(proposer => proposer.OnPauseOver()));
        holder.Changed += OnChanged;
    }

    public async Task<ClusterTopology?> ReadAsync(CancellationToken cancellation)
    {
        var result = await RunAsync(RegisterOperation.Read(), cancellation);
        return result.Kind == RegisterResultKind.Read ? result.Document : null;
    }

    public async Task<CompareAndSetResult> CompareAndSetAsync(long expectedVersion, ClusterTopology document, CancellationToken cancellation)
    {
        if (expectedVersion == 0) return _voter.TryFound(document) ? new CompareAndSetResult(RegisterOutcome.Written, document) : new CompareAndSetResult(RegisterOutcome.Conflict);
        var operation = RegisterOperation.CompareAndSet(expectedVersion, document, document.Recent[^1].RequestId);
        var result = await RunAsync(operation, cancellation);
        return new CompareAndSetResult(OutcomeOf(result.Kind), result.Document);
    }

    private static RegisterOutcome OutcomeOf(RegisterResultKind kind) => kind switch
    {
        RegisterResultKind.Written => RegisterOutcome.Written,
        RegisterResultKind.Conflict => RegisterOutcome.Conflict,
        RegisterResultKind.Unknown => RegisterOutcome.Unknown,
        RegisterResultKind.NotReady => RegisterOutcome.NotReady,
        _ => RegisterOutcome.Unavailable,
    };

    private async Task<RegisterResult> RunAsync(RegisterOperation operation, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            var running = new TaskCompletionSource<RegisterResult>(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_lock)
            {
                if (_isStopped || Proposer() is null) return new RegisterResult(RegisterResultKind.Unavailable, null);
                _running = running;
            }

            _silenceNow = SilenceMin;
            Drive(proposer => proposer.Begin(operation));
            using var deadline = new CancellationTokenSource(OperationMax);
            await using var abandon = deadline.Token.Register(() => Drive(proposer => proposer.Abandon()));
            return await running.Task;
        }
        finally
        {
            _turn.Release();
        }
    }

    // Made when the cluster is known. What it begins with may be old: it only says where to ask.
    private RegisterProposer? Proposer()
    {
        if (_proposer is not null) return _proposer;
        if (View() is not { Voters.Length: > 0 } view) return null;
        var (cluster, lineage) = _holder.Current is { } current ? (current.ClusterId, current.Lineage) : (_voter.Cluster, _voter.Lineage);
        _lineage = lineage;

        // A proposer counts its ballots and questions from the beginning: its name must never have been there before (R2).
        var run = (ulong)Random.Shared.NextInt64();
        return _proposer = new RegisterProposer(new ProposerId(_holder.Self, run), cluster, lineage, view, new RegisterOptions());
    }

    // The newest topology is a decided one. Where its file is lost, the own vote still says who else voted, but not what was decided.
    private RegisterView? View() =>
        _holder.Current is { } current ? RegisterView.Of(current)
        : _voter.Newest is { } held && held.Document.Generation == held.Generation ? new RegisterView(held.Generation, held.Document.Voters, null, null)
        : null;

    private void OnChanged(ClusterTopology topology)
    {
        _voter.Follow(topology);
        lock (_lock)
        {
            if (_proposer is null) return;
            if (topology.Lineage != _lineage)
            {
                // An operator has restored the register: what was asked of the old one has no answer any more.
                _proposer = null;
                _running?.TrySetResult(new RegisterResult(RegisterResultKind.Unknown, null));
                return;
            }
        }

        Drive(proposer => proposer.Learn(topology));
    }

    private void Drive(Func<RegisterProposer, IReadOnlyList<ProposerEffect>> step)
    {
        var decided = new List<DecidedEffect>();
        lock (_lock)
        {
            if (_isStopped || _proposer is null) return;
            var asked = _proposer.Question;
            foreach (var effect in step(_proposer)) Carry(effect, decided);

            // A voter whose disk takes its time answers one question after the other, each in good time.
            if (_proposer.Question != asked)
            {
                _silence.Change(_silenceNow, Timeout.InfiniteTimeSpan);
                _askedAt = TimeProvider.System.GetTimestamp();
            }
        }

        foreach (var found in decided) Learn(found);
    }

    private void OnSilence()
    {
        lock (_lock)
        {
            if (_isStopped || _proposer is not { } proposer || (!proposer.IsBusy && !proposer.IsHandingOver)) return;
            _silenceNow = TimeSpan.FromTicks(Math.Min(SilenceMax.Ticks, _silenceNow.Ticks * 2));
            _silence.Change(_silenceNow, Timeout.InfiniteTimeSpan);
        }

        Drive(proposer => proposer.OnSilence());
    }

    private void Carry(ProposerEffect effect, List<DecidedEffect> decided)
    {
        switch (effect)
        {
            case SendRequest send: LinkTo(send.To, send); break;
            case PauseEffect pause:
                _pause.Change(Random.Shared.Next(1, PauseMax(pause.Attempt)), Timeout.Infinite);
                break;
            case DecidedEffect found: decided.Add(found); break;
            case CompletedEffect completed: _running?.TrySetResult(completed.Result); break;
        }
    }

    // In units of what the voters took to answer: with slow disks pauses that are shorter than a round would never end a race of proposers.
    private int PauseMax(int attempt)
    {
        var answered = (int)Math.Min(PauseMillisecondsMax, TimeProvider.System.GetElapsedTime(_askedAt).TotalMilliseconds);
        return Math.Min(PauseMillisecondsMax, Math.Max(PauseMillisecondsMin, answered) << Math.Min(attempt, 8));
    }

    private void LinkTo(VoterInfo voter, SendRequest send)
    {
        if (_links.TryGetValue((voter.VoterId, voter.Server), out var link) && link.Post(send)) return;
        link = voter.VoterId == _voter.VoterId ? LinkHere() : LinkThere(voter);
        _links[(voter.VoterId, voter.Server)] = link;
        link.Post(send);
    }

    private VoterLink LinkHere() => new(send => _voter.TryOn(send.Request), OnAnswer, Forget);

    private VoterLink LinkThere(VoterInfo voter)
    {
        var caller = new VoterCaller(voter, () => _port.Identity, AddressesOf);
        return new VoterLink(caller.Exchange, OnAnswer, link =>
        {
            caller.Dispose();
            Forget(link);
        });
    }

    // A server that came back at another address is known there before the voters' list says so, and heard of before it is known.
    private IReadOnlyList<string> AddressesOf(VoterInfo voter)
    {
        var known = _holder.Current?.FindServer(voter.Server)?.Peer ?? voter.Peer;
        return _addresses.Find(voter.VoterId) is { } heard && heard != known ? [heard, known] : [known];
    }

    // A late answer to a question about the register before it was restored bears the number of another question by now.
    private void OnAnswer(SendRequest send, RegisterAnswer answer) =>
        Drive(proposer => send.Request.To.Lineage == _lineage ? proposer.On(send.Number, send.To.VoterId, answer) : []);

    private void Forget(VoterLink ended)
    {
        lock (_lock)
            foreach (var (id, link) in _links)
                if (link == ended) _links.Remove(id);
    }

    private void Learn(DecidedEffect decided)
    {
        _holder.TryAdopt(decided.Document);
        if (decided.Document.Generation == decided.Generation) _voter.OnDecided(decided);
    }

    public void Dispose()
    {
        _holder.Changed -= OnChanged;
        lock (_lock)
        {
            _isStopped = true;
            _running?.TrySetResult(new RegisterResult(RegisterResultKind.Unknown, null));
            foreach (var link in _links.Values) link.Dispose();
        }

        _silence.Dispose();
        _pause.Dispose();
        _turn.Dispose();
    }
}
