using KvCluster.Benchmarks.Measurement;

namespace KvCluster.Benchmarks.Recovery;

/// <summary>What <c>topology</c> found.</summary>
/// <param name="Changes">Changes of the topology one after the other, from the request to its answer.</param>
/// <param name="SyncMilliseconds">Median of a write and fsync of a file as large as a vote on the same disk, for comparison.</param>
/// <param name="Watchers">Clients that watch the topology, over all servers.</param>
/// <param name="Pushes">For each change with the watchers, from the request to the moment when the last of them had it.</param>
/// <param name="Registered">Servers that registered at the same moment.</param>
/// <param name="RegistrationMilliseconds">Until the last of them was registered.</param>
internal sealed record TopologyResult(
    MachineInfo Machine, LatencySummary Changes, double SyncMilliseconds, int Watchers, IReadOnlyList<double> Pushes, int Registered, double RegistrationMilliseconds);
