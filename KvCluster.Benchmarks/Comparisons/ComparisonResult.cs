using KvCluster.Benchmarks.Measurement;

namespace KvCluster.Benchmarks.Comparisons;

/// <summary>Everything that one comparing run found.</summary>
internal sealed record ComparisonResult(MachineInfo Machine, IReadOnlyList<Comparison> Comparisons);
