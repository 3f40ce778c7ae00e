using System.Collections.Immutable;
using KvCluster.Client.Requests;
using KvCluster.Client.Topology;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Json;

namespace KvCluster.Client.Listing;

/// <summary>The keys of one node, page after page; the next page is on its way while one is read.</summary>
internal sealed class NodePager(NodeId node, RequestPipeline pipeline, KvListOptions options, CancellationToken cancellationToken)
{
    private ImmutableArray<ListedEntry> _items = [];
    private int _place = -1;
    private Task<ListPage>? _next;
    private bool _begun;

    public KvEntry Current { get; private set; } = null!;

    public async ValueTask<bool> MoveNextAsync()
    {
        if (!_begun) Prefetch(null);
        while (++_place >= _items.Length)
        {
            if (_next is null) return false;
            var page = await _next.ConfigureAwait(false);
            _items = page.Items.IsDefault ? [] : page.Items;
            _place = -1;
            _next = null;
            if (page.NextToken is { } token) Prefetch(token);
        }

        Current = ListedEntryReader.Read(_items[_place]);
        return true;
    }

    /// <summary>Waits for the page on its way, which nobody will read.</summary>
    public Task AbandonAsync() => _next ?? Task.CompletedTask;

    private void Prefetch(string? token)
    {
        _begun = true;
        _next = FetchAsync(token);
    }

    private async Task<ListPage> FetchAsync(string? token)
    {
        var request = RequestFactory.List(options, token);
        var answer = await pipeline.ReadAsync(request, RouteKey.Of(node), KvConsistency.PreferMain, cancellationToken).ConfigureAwait(false);
        return answer.IsSuccess ? ResultReader.Parse(answer, KvJson.Default.ListPage) : throw ResultReader.Unexpected(answer);
    }
}
