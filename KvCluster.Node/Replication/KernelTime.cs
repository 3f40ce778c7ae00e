namespace KvCluster.Node.Replication;

/// <summary>A time as Linux takes and gives it: <c>struct timespec</c> of a 64-bit system.</summary>
internal readonly record struct KernelTime(long Seconds, long Nanoseconds);
