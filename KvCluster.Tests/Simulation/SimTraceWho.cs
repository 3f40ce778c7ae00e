namespace KvCluster.Tests.Simulation;

/// <summary>Numbers of those who are no machine, in the trace and on the network.</summary>
internal static class SimTraceWho
{
    public const int World = -1;
    public const int Master = 900;
    public const int Client = 1_000;
}
