using System.Runtime.InteropServices;

namespace KvCluster.Benchmarks.Sockets;

/// <summary><c>struct itimerspec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimerSpecification
{
    public nint IntervalSeconds;
    public nint IntervalNanoseconds;
    public nint DueSeconds;
    public nint DueNanoseconds;
}
