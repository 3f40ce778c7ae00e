using KvCluster.Client.Http;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Slots;
using KvCluster.Protocol.Topology;

namespace KvCluster.Client.Topology;

/// <summary>Asks the cluster for its topology: the master first time, any server afterwards.</summary>
/// <remarks>
/// Servers are asked one after the other, a short time apart and without waiting for the slow ones, so that a server that hangs
/// costs a fraction of a second. The first usable answer ends the round: whoever is behind says so by its version, and the next
/// round asks another.
/// </remarks>
internal sealed class ClusterTopologySource(ServerDirectory directory, ServerQuery query, StoreHttpClientFactory factory, TimeProvider time) : ITopologySource
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(150);

    public NodeClock Clock => query.Clock;

    public async ValueTask<ClusterTopology?> FetchAsync(RoutingTable? known, StoreServer? first, CancellationToken cancellationToken)
    {
        var servers = await directory.CandidatesAsync(known, cancellationToken).ConfigureAwait(false);
        if (first is not null) servers = [first, .. servers.Where(server => server != first)];
        using var round = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var asked = new List<Task<ClusterTopology?>>();
        var next = 0;
        try
        {
            while (next < servers.Count || asked.Count > 0)
            {
                var wait = Timeout.InfiniteTimeSpan;
                if (next < servers.Count)
                {
                    asked.Add(AskAsync(servers[next++], known, round.Token));
                    if (next < servers.Count) wait = HeadStart;
                }

                if (await FirstAnswerAsync(asked, wait, cancellationToken).ConfigureAwait(false) is { } topology) return topology;
            }

            return null;
        }
        finally
        {
            await round.CancelAsync().ConfigureAwait(false);
            await ((Task)Task.WhenAll(asked)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Waits for one of the asked servers, or until it is time to ask the next one; failed ones leave the list.</summary>
    private async ValueTask<ClusterTopology?> FirstAnswerAsync(List<Task<ClusterTopology?>> asked, TimeSpan wait, CancellationToken cancellationToken)
    {
        using var headStart = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var delay = Task.Delay(wait, time, headStart.Token);
        var done = await Task.WhenAny([.. asked, delay]).ConfigureAwait(false);
        await headStart.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (done is not Task<ClusterTopology?> answered) return null;
        asked.Remove(answered);
        return await answered.ConfigureAwait(false);
    }

    private async Task<ClusterTopology?> AskAsync(StoreServer server, RoutingTable? known, CancellationToken cancellationToken)
    {
        try
        {
            if (known is not null) return await GetTopologyAsync(server, cancellationToken).ConfigureAwait(false);

            // The master has the newest topology; whoever names a master has one too, which will do when the master is away.
            var master = await query.AskAsync(server, "/cluster/master", KvJson.Default.MasterAnswer, AskTimeout, cancellationToken).ConfigureAwait(false);
            if (master is null) return null;
            var fromMaster = master.Master is { } info
                ? await GetTopologyAsync(factory.For(info.Http), cancellationToken).ConfigureAwait(false)
                : null;
            return fromMaster ?? await GetTopologyAsync(server, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async ValueTask<ClusterTopology?> GetTopologyAsync(StoreServer server, CancellationToken cancellationToken)
    {
        var topology = await query.AskAsync(server, "/cluster/topology", KvJson.Default.ClusterTopology, AskTimeout, cancellationToken).ConfigureAwait(false);
        return topology is not null && IsUsable(topology) ? topology : null;
    }

    /// <summary>A server that is starting knows no nodes yet; and what names no main, or slots that do not exist, came from no server.</summary>
    public static bool IsUsable(ClusterTopology topology) =>
        topology.Nodes.Length > 0
        && topology.Nodes.All(node => node.Find(node.Main) is not null && node.Slots.All(range => range.First <= range.Last && range.Last < Slot.Count));
}
