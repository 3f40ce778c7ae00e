namespace KvCluster.Tests.Simulation;

/// <summary>Something that must never be true was true.</summary>
internal sealed class InvariantViolation(string invariant, string what) : Exception($"{invariant}: {what}")
{
    public string Invariant => invariant;
}
