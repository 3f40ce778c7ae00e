using KvCluster.Benchmarks.Measurement;

namespace KvCluster.Benchmarks.Recovery;

/// <summary>What <c>topology</c> found.</summary>
/// <param name="Changes">Changes of the topology, each when every server knows the one before, from the request to its answer.</param>
/// <param name="ReplaceMilliseconds">Median of what a vote costs the disk: a small file written, synced, renamed, and its folder synced. A change waits for three of them, one after the other.</param>
/// <param name="Watchers">Clients that watch the topology, over all servers.</param>
/// <param name="Pushes">For each change with the watchers, from the request to the moment when the last of them had it.</param>
/// <param name="Registered">Servers that registered at the same moment.</param>
/// <param name="RegistrationMilliseconds">Until the last of them was registered.</param>
internal sealed record TopologyResult(
    MachineInfo Machine, LatencySummary Changes, double ReplaceMilliseconds, int Watchers, IReadOnlyList<double> Pushes, int Registered, double RegistrationMilliseconds);
