using KvCluster.Benchmarks.Measurement;

namespace KvCluster.Benchmarks.Recovery;

/// <summary>What <c>master-loss</c> found.</summary>
/// <param name="NewMasterMilliseconds">From each kill to the moment when another server knew of another master.</param>
/// <param name="LongestSilenceMilliseconds">For each kill the longest time without an acknowledged write to the other node.</param>
/// <param name="OwnNodeMilliseconds">For each kill the time until the master's own node acknowledged a write again.</param>
/// <param name="Errors">Exceptions at the callers of the client library, of both nodes.</param>
internal sealed record MasterLossResult(
    MachineInfo Machine,
    IReadOnlyList<double> NewMasterMilliseconds,
    IReadOnlyList<double> LongestSilenceMilliseconds,
    IReadOnlyList<double> OwnNodeMilliseconds,
    IReadOnlyDictionary<string, int> Errors,
    long AcknowledgedWrites,
    long LostWrites);
