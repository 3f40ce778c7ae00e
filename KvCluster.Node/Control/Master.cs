using KvCluster.Core.Master;
using KvCluster.Core.Register;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Control;

/// <summary>
/// The master's office at the server that holds it: every change is a pure rule applied to the newest document and written by
/// compare-and-set, one after the other, so that fifty servers may ask at the same moment.
/// </summary>
internal sealed partial class Master(ITopologyRegister register, TopologyHolder holder, Broadcaster broadcaster, ILogger<Master> logger) : IDisposable
{
    private const int AttemptsMax = 16;
    private const int RepetitionsMax = 3;
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Any server may do this; the register makes it safe, not the office.</summary>
    /// <returns>The topology in force after the decision, or why there is none.</returns>
    public Task<TopologyDecision> DecideAsync(Guid requestId, Func<ClusterTopology, TopologyDecision> rule, CancellationToken cancellation) =>
        DecideAsync(requestId, rule, topology => topology.WasMadeBy(requestId), cancellation);

    public Task<TopologyDecision> RegisterAsync(RegistrationRequest request, CancellationToken cancellation) =>
        DecideAsync(request.RunId, topology => Registration.Register(topology, request), topology => Registration.IsDone(topology, request), cancellation);

    private async Task<TopologyDecision> DecideAsync(
        Guid requestId, Func<ClusterTopology, TopologyDecision> rule, Predicate<ClusterTopology> isDone, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            for (var attempt = 0; attempt < AttemptsMax; attempt++)
            {
                // What this server knows was decided once and is nearly always the newest: if not, the compare-and-set says so. Only a "no" needs the newest.
                var known = attempt == 0 ? holder.Current : null;
                if ((known ?? await TryReadAsync(cancellation)) is not { } current) break;
                if (isDone(current)) return new TopologyDecision(current);
                var decision = rule(current);
                if (decision.Next is not { } next || ReferenceEquals(next, current))
                {
                    if (known is null) return decision;
                    continue;
                }

                var result = await WriteAsync(current.Version, next.Stamp(current, requestId), cancellation);
                if (result.Outcome == RegisterOutcome.Written) return new TopologyDecision(Take(current, result.Decided!));
                if (result.Outcome == RegisterOutcome.Unknown && result.Decided is null)
                    return TopologyDecision.Refuse(ProblemCode.OutcomeUnknown, "The topology register was asked and did not say what became of it: the change may or may not take effect. Look again.");
                if (result.Outcome == RegisterOutcome.NotReady)
                    return TopologyDecision.Refuse(ProblemCode.RegisterUnavailable, "A server that was to vote on the topology is not ready for it; nothing was changed.");
                if (result.Outcome == RegisterOutcome.Unavailable) break;
            }

            return TopologyDecision.Refuse(ProblemCode.RegisterUnavailable, "The topology register did not answer, or others were faster each time; nothing was changed.");
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Writes the first document of a new cluster.</summary>
    public async Task<ClusterTopology?> CreateAsync(ClusterTopology first, CancellationToken cancellation)
    {
        var result = await TryCompareAndSetAsync(0, first, cancellation);
        if (result.Outcome != RegisterOutcome.Written) return null;
        holder.TryAdopt(result.Decided!);
        return result.Decided;
    }

    // Of two attempts of one request either may have been decided: only the register's word for it is adopted and told of. Another document
    // of that version, told to new voters, would be a second history.
    private ClusterTopology Take(ClusterTopology before, ClusterTopology decided)
    {
        LogChanged(logger, decided.Version);
        holder.TryAdopt(decided);
        if (!holder.IsMaster) broadcaster.Announce(before, decided);
        return decided;
    }

    // What is in doubt is asked for again as it was. A new question to the rule could bring another document, or a "no" to what is done.
    private async Task<CompareAndSetResult> WriteAsync(long expectedVersion, ClusterTopology document, CancellationToken cancellation)
    {
        // A server that is far behind asks for a version of long ago: nothing was done, and the newest document is to be judged.
        var result = await TryCompareAndSetAsync(expectedVersion, document, cancellation);
        if (result.Outcome != RegisterOutcome.Unknown || result.Decided is not null) return result;
        for (var again = 0; again < RepetitionsMax; again++)
        {
            // When nothing of the repetition takes effect, the attempt before it still may.
            var repeated = await TryCompareAndSetAsync(expectedVersion, document, cancellation);
            if (repeated.Outcome is not (RegisterOutcome.Unavailable or RegisterOutcome.Unknown)) return repeated;
        }

        return new CompareAndSetResult(RegisterOutcome.Unknown);
    }

    private async Task<ClusterTopology?> TryReadAsync(CancellationToken cancellation)
    {
        try
        {
            return await register.ReadAsync(cancellation);
        }
        catch (Exception failure) when (RegisterFailure.IsTrouble(failure, cancellation))
        {
            LogTrouble(logger, failure.Message);
            return null;
        }
    }

    private async Task<CompareAndSetResult> TryCompareAndSetAsync(long expectedVersion, ClusterTopology document, CancellationToken cancellation)
    {
        try
        {
            return await register.CompareAndSetAsync(expectedVersion, document, cancellation);
        }
        catch (Exception failure) when (RegisterFailure.IsTrouble(failure, cancellation))
        {
            LogTrouble(logger, failure.Message);
            return new CompareAndSetResult(RegisterOutcome.Unknown);
        }
    }

    public void Dispose() => _turn.Dispose();

    [LoggerMessage(3001, LogLevel.Information, "The topology is now at version {Version}.")]
    private static partial void LogChanged(ILogger logger, long version);

    [LoggerMessage(3002, LogLevel.Warning, "The topology register is in trouble: {Reason}")]
    private static partial void LogTrouble(ILogger logger, string reason);
}
