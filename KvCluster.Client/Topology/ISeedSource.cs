namespace KvCluster.Client.Topology;

/// <summary>Addresses to begin with.</summary>
internal interface ISeedSource
{
    ValueTask<IReadOnlyList<Uri>> GetAsync(CancellationToken cancellationToken);
}
