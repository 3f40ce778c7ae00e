using KvCluster.Benchmarks.Load;
using KvCluster.Benchmarks.Measurement;

namespace KvCluster.Benchmarks.Commands;

/// <summary>What <c>load</c> found.</summary>
/// <param name="Fill">How the keys were stored before, where they were.</param>
/// <param name="TopologyChanged">The cluster changed during the run: it is no measurement of a steady state.</param>
internal sealed record LoadResult(MachineInfo Machine, LoadReport? Fill, LoadReport Load, bool TopologyChanged);
