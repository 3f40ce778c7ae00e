using KvCluster.Benchmarks.Load;
using KvCluster.Benchmarks.Measurement;

namespace KvCluster.Benchmarks.Comparisons;

/// <summary>A system in a comparison and the processes that it consists of.</summary>
internal sealed record Contender(ITarget Target, IReadOnlyList<WatchedProcess> Processes);
