using KvCluster.Node.Control;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Control.Homes;

/// <summary>The register as most tests ask it.</summary>
internal static class RegisterCalls
{
    public static async Task<RegisterOutcome> OutcomeAsync(this ITopologyRegister register, long expectedVersion, ClusterTopology document, CancellationToken cancellation) =>
        (await register.CompareAndSetAsync(expectedVersion, document, cancellation)).Outcome;
}
