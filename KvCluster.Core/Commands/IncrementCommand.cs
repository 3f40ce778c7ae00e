namespace KvCluster.Core.Commands;

/// <summary>Adds to a counter, a 64-bit number stored as decimal text; an absent key counts from zero. The time to live stays.</summary>
public sealed record IncrementCommand : Command
{
    public required long By { get; init; }
}
