using System.Collections.Immutable;

namespace KvCluster.AppHost.Page;

/// <summary>A node of the picture.</summary>
/// <param name="Slots">How many of the 16384 slots it serves.</param>
/// <param name="Ranges">Which, for people.</param>
/// <param name="Copies">On how many servers each write is before it is acknowledged.</param>
/// <param name="Warning">Why it is not fully protected; none when it is.</param>
/// <param name="Servers">The main first.</param>
internal sealed record PageNode(string Name, int Slots, string Ranges, long Epoch, int Copies, string? Warning, ImmutableArray<PageServer> Servers)
{
    public bool Matches(PageNode other) =>
        Name == other.Name && Slots == other.Slots && Ranges == other.Ranges && Epoch == other.Epoch && Copies == other.Copies && Warning == other.Warning
        && Servers.SequenceEqual(other.Servers);
}
