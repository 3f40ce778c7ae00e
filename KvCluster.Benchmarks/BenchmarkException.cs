namespace KvCluster.Benchmarks;

/// <summary>The measurement cannot be made; the message says why, to the person who asked for it.</summary>
internal sealed class BenchmarkException(string message, Exception? inner = null) : Exception(message, inner);
