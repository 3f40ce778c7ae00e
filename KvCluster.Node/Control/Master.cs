using KvCluster.Core.Master;
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
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Any server may do this; the register makes it safe, not the office.</summary>
    /// <returns>The topology in force after the decision, or why there is none.</returns>
    public async Task<TopologyDecision> DecideAsync(Guid requestId, Func<ClusterTopology, TopologyDecision> rule, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            for (var attempt = 0; attempt < AttemptsMax; attempt++)
            {
                // What this server knows was decided once and is nearly always the newest: if not, the compare-and-set says so. Only a "no" needs the newest.
                var known = attempt == 0 ? holder.Current : null;
                if ((known ?? await register.ReadAsync(cancellation)) is not { } current) break;
                if (current.WasMadeBy(requestId)) return new TopologyDecision(current);
                var decision = rule(current);
                if (decision.Next is not { } next || ReferenceEquals(next, current))
                {
                    if (known is null) return decision;
                    continue;
                }

                var stamped = next.Stamp(current, requestId);
                var outcome = await register.CompareAndSetAsync(current.Version, stamped, cancellation);
                if (outcome == RegisterOutcome.Unavailable) break;

                // After an unknown outcome the rule is asked again, with a document that tells whether this request made it.
                if (outcome != RegisterOutcome.Written) continue;
                LogChanged(logger, stamped.Version);
                holder.TryAdopt(stamped);
                if (!holder.IsMaster) broadcaster.Announce(current, stamped);
                return new TopologyDecision(stamped);
            }

            return TopologyDecision.Refuse(ProblemCode.RegisterUnavailable, "The topology register did not answer, or others were faster each time.");
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Writes the first document of a new cluster.</summary>
    public async Task<ClusterTopology?> CreateAsync(ClusterTopology first, CancellationToken cancellation)
    {
        if (await register.CompareAndSetAsync(0, first, cancellation) != RegisterOutcome.Written) return null;
        holder.TryAdopt(first);
        return first;
    }

    public void Dispose() => _turn.Dispose();

    [LoggerMessage(3001, LogLevel.Information, "The topology is now at version {Version}.")]
    private static partial void LogChanged(ILogger logger, long version);
}
