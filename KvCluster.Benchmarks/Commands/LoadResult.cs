using KvCluster.Benchmarks.Load;
using KvCluster.Benchmarks.Measurement;

namespace KvCluster.Benchmarks.Commands;

/// <summary>What <c>load</c> found.</summary>
/// <param name="Fill">How the keys were stored before, where they were.</param>
/// <param name="Changes">Which nodes changed their main or their in-sync set during the run, and after how many seconds of it, the warm-up included: with one it is no measurement of a steady state.</param>
internal sealed record LoadResult(MachineInfo Machine, LoadReport? Fill, LoadReport Load, IReadOnlyList<string> Changes);
