namespace KvCluster.Client.Topology;

/// <summary>The addresses that stand in the options.</summary>
internal sealed class FixedSeeds(IReadOnlyList<Uri> endpoints) : ISeedSource
{
    public ValueTask<IReadOnlyList<Uri>> GetAsync(CancellationToken cancellationToken) => new(endpoints);
}
