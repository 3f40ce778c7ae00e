using System.Runtime.CompilerServices;
using KvCluster.Client.Requests;
using KvCluster.Client.Topology;
using KvCluster.Protocol.Identity;

namespace KvCluster.Client.Listing;

/// <summary>Merges the listings of all nodes into one, in the order of the keys' bytes.</summary>
/// <remarks>
/// It is no snapshot: a key written while it runs may or may not be in it. A key that two nodes show, because its slot moved
/// between their pages, is shown once, with the higher revision.
/// </remarks>
internal sealed class KeyListing(ClusterTopologyManager topology, RequestPipeline pipeline)
{
    public async IAsyncEnumerable<KvEntry> ListAsync(KvListOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var nodes = await NodesAsync(cancellationToken).ConfigureAwait(false);
        NodePager[] pagers = [.. nodes.Select(node => new NodePager(node, pipeline, options, stopping.Token))];
        try
        {
            var order = new PriorityQueue<NodePager, KvKey>();
            foreach (var begun in await Task.WhenAll(pagers.Select(BeginAsync)).ConfigureAwait(false))
            {
                if (begun is not null) order.Enqueue(begun, begun.Current.Key);
            }

            while (order.TryDequeue(out var pager, out _))
            {
                var entry = pager.Current;
                await AdvanceAsync(order, pager).ConfigureAwait(false);
                while (order.TryPeek(out var twin, out var key) && key == entry.Key)
                {
                    order.Dequeue();
                    if (twin.Current.Revision > entry.Revision) entry = twin.Current;
                    await AdvanceAsync(order, twin).ConfigureAwait(false);
                }

                yield return entry;
            }
        }
        finally
        {
            await stopping.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(pagers.Select(pager => pager.AbandonAsync())).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<NodePager?> BeginAsync(NodePager pager) => await pager.MoveNextAsync().ConfigureAwait(false) ? pager : null;

    private static async ValueTask AdvanceAsync(PriorityQueue<NodePager, KvKey> order, NodePager pager)
    {
        if (await pager.MoveNextAsync().ConfigureAwait(false)) order.Enqueue(pager, pager.Current.Key);
    }

    private async ValueTask<IEnumerable<NodeId>> NodesAsync(CancellationToken cancellationToken)
    {
        var routing = await topology.RequireAsync(cancellationToken).ConfigureAwait(false);
        return routing.Topology.Nodes.Where(node => !node.Slots.IsEmpty).Select(node => node.Id);
    }
}
