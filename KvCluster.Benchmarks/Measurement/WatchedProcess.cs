namespace KvCluster.Benchmarks.Measurement;

/// <summary>A process whose cost is measured.</summary>
internal readonly record struct WatchedProcess(string Name, int ProcessId);
