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
        while (true)
        {
            if (++_place < _items.Length)
            {
                Current = ListedEntryReader.Read(_items[_place]);
                if (Current.Key.Span.StartsWith(options.Prefix.Span)) return true;
            }
            else if (_next is null)
            {
                return false;
            }
            else
            {
                await TurnPageAsync(_next).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Waits for the page on its way, which nobody will read.</summary>
    public Task AbandonAsync() => _next ?? Task.CompletedTask;

    private async ValueTask TurnPageAsync(Task<ListPage> next)
    {
        var page = await next.ConfigureAwait(false);
        _items = page.Items.IsDefault ? [] : page.Items;
        _place = -1;
        _next = null;
        if (page.NextToken is { } token) Prefetch(token);
    }

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
