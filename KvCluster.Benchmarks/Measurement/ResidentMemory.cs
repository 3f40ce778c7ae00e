namespace KvCluster.Benchmarks.Measurement;

/// <summary>Memory of a process that is in RAM now, in bytes.</summary>
/// <param name="Total">All of it, as <c>VmRSS</c> counts.</param>
/// <param name="Anonymous">What the process allocated.</param>
/// <param name="File">Pages of programs, libraries and mapped files, some of them shared with other processes.</param>
internal readonly record struct ResidentMemory(long Total, long Anonymous, long File);
