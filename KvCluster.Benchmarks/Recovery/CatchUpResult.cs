using KvCluster.Benchmarks.Load;
using KvCluster.Benchmarks.Measurement;

namespace KvCluster.Benchmarks.Recovery;

/// <summary>What <c>catch-up</c> found.</summary>
/// <param name="MissedWrites">Writes that the replica was away for.</param>
/// <param name="InSyncSeconds">From its return to the moment when it counted for acknowledgements again; none if that did not happen while the load ran.</param>
/// <param name="Before">The load with both copies.</param>
/// <param name="Meanwhile">The same load from the replica's return on.</param>
internal sealed record CatchUpResult(MachineInfo Machine, long MissedWrites, double? InSyncSeconds, LoadReport Before, LoadReport Meanwhile);
