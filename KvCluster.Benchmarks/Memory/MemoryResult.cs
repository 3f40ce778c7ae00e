using KvCluster.Benchmarks.Load;
using KvCluster.Benchmarks.Measurement;

namespace KvCluster.Benchmarks.Memory;

/// <summary>What <c>memory</c> found.</summary>
/// <param name="Idle">After the start, before any key.</param>
/// <param name="Filled">With all keys stored, after a rest.</param>
/// <param name="Read">After a while of reads over all keys, when the caches are full.</param>
internal sealed record MemoryResult(
    MachineInfo Machine,
    LoadPlan Plan,
    IReadOnlyList<ServerMemory> Idle,
    IReadOnlyList<ServerMemory> Filled,
    IReadOnlyList<ServerMemory> Read);
