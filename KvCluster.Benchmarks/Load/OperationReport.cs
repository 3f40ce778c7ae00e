using KvCluster.Benchmarks.Measurement;

namespace KvCluster.Benchmarks.Load;

/// <summary>The operations of one kind that began in the measured window and were answered as they should.</summary>
internal sealed record OperationReport(string Operation, long Count, LatencySummary Milliseconds);
