using KvCluster.Benchmarks.Measurement;

namespace KvCluster.Benchmarks.Recovery;

/// <summary>What <c>restart</c> found.</summary>
/// <param name="ServingSeconds">From the kill of both servers, which the AppHost starts again, to the first acknowledged write.</param>
internal sealed record RestartResult(MachineInfo Machine, long Entries, double ServingSeconds);
