namespace KvCluster.Benchmarks.Sockets;

/// <summary>Signals of a Unix system by number.</summary>
internal static class Signals
{
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;
}
