using KvCluster.Benchmarks.Measurement;

namespace KvCluster.Benchmarks.Recovery;

/// <summary>What <c>failover</c> or <c>handover</c> found.</summary>
/// <param name="Errors">Exceptions at the callers of the client library.</param>
/// <param name="LostWrites">Acknowledged writes that could not be read back at the end.</param>
internal sealed record RecoveryResult(
    MachineInfo Machine,
    string Disturbance,
    int Writers,
    IReadOnlyList<Incident> Incidents,
    LatencySummary UnavailableMilliseconds,
    IReadOnlyDictionary<string, int> Errors,
    long AcknowledgedWrites,
    long LostWrites);
