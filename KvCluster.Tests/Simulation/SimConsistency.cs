namespace KvCluster.Tests.Simulation;

/// <summary>How fresh a read must be; a bound in milliseconds for a bounded one.</summary>
internal readonly record struct SimConsistency(bool IsLinearizable, int? BoundMilliseconds)
{
    public static readonly SimConsistency Linearizable = new(true, null);
    public static readonly SimConsistency Replica = new(false, null);

    public static SimConsistency Bounded(int milliseconds) => new(false, milliseconds);
}
