using KvCluster.Client.Http;

namespace KvCluster.Client.Topology;

/// <summary>Whom to ask when any server will do.</summary>
internal sealed class ServerDirectory(ISeedSource seeds, StoreHttpClientFactory factory)
{
    /// <summary>Active servers in random order, then the seeds, then the inactive ones: each once.</summary>
    public async ValueTask<List<StoreServer>> CandidatesAsync(RoutingTable? known, CancellationToken cancellationToken)
    {
        StoreServer[] members = known is null ? [] : [.. known.Servers];
        Random.Shared.Shuffle(members);
        var beginning = await seeds.GetAsync(cancellationToken).ConfigureAwait(false);
        return
        [
            .. members.Where(server => server.IsActive)
                .Concat(beginning.Select(factory.For))
                .Concat(members)
                .Distinct(),
        ];
    }
}
