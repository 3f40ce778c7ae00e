using System.Collections.Concurrent;
using System.Globalization;
using KvCluster.Client;
using KvCluster.Protocol.Topology;

namespace KvCluster.Benchmarks.Recovery;

/// <summary>Programs that write one key after the other through the client library, and remember what was acknowledged.</summary>
internal sealed class WriterGroup : IAsyncDisposable
{
    private const int ReadersMax = 32;
    private readonly KvClusterClient _client;
    private readonly AcknowledgementLog _log;
    private readonly NodeInfo _node;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, int> _errors = new();
    private readonly List<List<int>> _acknowledged;
    private readonly Task _writers;

    private WriterGroup(KvClusterClient client, AcknowledgementLog log, NodeInfo node, int writers)
    {
        _client = client;
        _log = log;
        _node = node;
        _acknowledged = [.. Enumerable.Range(0, writers).Select(_ => new List<int>())];
        _writers = Task.WhenAll(Enumerable.Range(0, writers).Select(WriteAsync));
    }

    /// <summary>What callers of the library had to catch, by the exception's name.</summary>
    public IReadOnlyDictionary<string, int> Errors => _errors;

    /// <summary>To be read after <see cref="StopAsync"/>.</summary>
    public long Acknowledged => _acknowledged.Sum(keys => (long)keys.Count);

    /// <param name="node">Only keys of its slots are written.</param>
    public static WriterGroup Start(KvClusterClient client, AcknowledgementLog log, NodeInfo node, int writers) => new(client, log, node, writers);

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _writers;
    }

    /// <summary>Reads back every acknowledged write.</summary>
    /// <returns>How many are not there, or have another value.</returns>
    public async Task<long> CountLostAsync(CancellationToken cancellation)
    {
        long lost = 0;
        var keys = _acknowledged.SelectMany((acknowledged, writer) => acknowledged.Select(sequence => Name(writer, sequence)));
        var options = new ParallelOptions { MaxDegreeOfParallelism = ReadersMax, CancellationToken = cancellation };
        await Parallel.ForEachAsync(keys, options, async (key, stopped) =>
        {
            var read = await _client.GetAsync(key, cancellationToken: stopped);
            if (read.Status != KvStatus.Found || read.Text != key)
                Interlocked.Increment(ref lost);
        });
        return lost;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private static string Name(int writer, int sequence) => string.Create(CultureInfo.InvariantCulture, $"bench:w{writer}:{sequence}");

    private async Task WriteAsync(int writer)
    {
        // Off the starter's thread, whose loop would otherwise run until the first write really waits.
        await Task.Yield();
        for (var sequence = 0; !_stop.IsCancellationRequested; sequence++)
        {
            var name = Name(writer, sequence);
            KvKey key = name;
            if (!_node.Owns(key.Slot))
                continue;
            try
            {
                // Not cancelled at the end: a cancelled write is neither acknowledged nor an error.
                await _client.PutAsync(key, name, cancellationToken: CancellationToken.None);
                _log.Add();
                _acknowledged[writer].Add(sequence);
            }
            catch (KvClusterException error)
            {
                _errors.AddOrUpdate(error.GetType().Name, 1, (_, count) => count + 1);
            }
        }
    }
}
