using System.Threading.Channels;
using KvCluster.Client;

namespace KvCluster.Cli.Transfer;

/// <summary>Brings records into the cluster, many at a time, in bounded memory.</summary>
/// <remarks>
/// Each worker takes the keys of its share of the slots and sends one batch after the other. So several batches are under way to
/// every node, and of two lines with one key the later wins, as if the lines had been imported one by one. A put is repeated with
/// the same request id until it is answered; whoever repeats a whole import stores the same values again.
/// </remarks>
internal sealed class Importer(KvClusterClient client, TransferTally tally, TimeProvider time)
{
    private const int Workers = 8;
    private const int BatchRecordsMax = 500;
    private const int BatchBytesMax = 2 * 1024 * 1024;
    private const int FailuresShownMax = 10;

    private readonly List<KvBatchResult> _failures = [];
    private readonly Lock _gate = new();
    private long _expired;

    /// <summary>The first failures; the import stops soon after the first.</summary>
    public IReadOnlyList<KvBatchResult> Failures => _failures;

    /// <summary>Records whose time had passed already; they were left out.</summary>
    public long Expired => Volatile.Read(ref _expired);

    /// <exception cref="RecordFormatException">A line is no record; those before it were imported.</exception>
    public async Task RunAsync(Stream input, CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Channel<ImportBatch>[] channels = [.. Enumerable.Range(0, Workers).Select(_ => Channel.CreateBounded<ImportBatch>(1))];
        var workers = channels.Select(channel => Task.Run(() => WorkAsync(channel.Reader, stopping), CancellationToken.None)).ToList();
        try
        {
            await ReadAsync(input, channels, stopping.Token);
        }
        catch (OperationCanceledException) when (_failures.Count > 0 && !cancellationToken.IsCancellationRequested)
        {
            // A worker stopped the reading because a record failed; the failures say why.
        }
        finally
        {
            foreach (var channel in channels) channel.Writer.Complete();
            await Task.WhenAll(workers);
        }
    }

    private async Task ReadAsync(Stream input, Channel<ImportBatch>[] channels, CancellationToken cancellationToken)
    {
        ImportBatch[] filling = [.. channels.Select(_ => new ImportBatch())];
        var number = 0L;
        await foreach (var line in LineReader.ReadAsync(input, cancellationToken))
        {
            number++;
            if (line.Span.Trim(" \t\r"u8).IsEmpty) continue;
            var record = Parse(line.Span, number);
            var worker = record.Key.Slot.Value % Workers;
            if (!TryAdd(filling[worker], record, line.Length + 1)) continue;
            if (filling[worker].Operations.Count < BatchRecordsMax && filling[worker].Bytes < BatchBytesMax) continue;
            await channels[worker].Writer.WriteAsync(filling[worker], cancellationToken);
            filling[worker] = new ImportBatch();
        }

        for (var worker = 0; worker < channels.Length; worker++)
            if (filling[worker].Operations.Count > 0) await channels[worker].Writer.WriteAsync(filling[worker], cancellationToken);
    }

    private static TransferRecord Parse(ReadOnlySpan<byte> line, long number)
    {
        try
        {
            return RecordReader.Read(line);
        }
        catch (RecordFormatException wrong)
        {
            throw new RecordFormatException($"Line {number} is no record: {wrong.Message}");
        }
    }

    private bool TryAdd(ImportBatch batch, in TransferRecord record, int bytes)
    {
        TimeSpan? ttl = record.ExpiresAt is { } at ? at - time.GetUtcNow() : null;
        if (ttl <= TimeSpan.Zero)
        {
            Interlocked.Increment(ref _expired);
            tally.Add(1, bytes);
            return false;
        }

        batch.Operations.Add(KvBatchOperation.Put(record.Key, new KvValue(record.Value, record.ContentType), new KvWriteOptions { Ttl = ttl }));
        batch.Bytes += bytes;
        return true;
    }

    private async Task WorkAsync(ChannelReader<ImportBatch> batches, CancellationTokenSource stopping)
    {
        await foreach (var batch in batches.ReadAllAsync(CancellationToken.None))
        {
            // What is in the channel still after a failure is dropped: an import that stops should stop soon.
            if (stopping.IsCancellationRequested) continue;
            try
            {
                var results = await client.BatchAsync(batch.Operations, stopping.Token);
                tally.Add(results.Count(result => result.Succeeded), batch.Bytes);
                if (results.Any(result => !result.Succeeded)) Fail(results, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                // Interrupted, or another worker failed.
            }
            catch (KvClusterException failed)
            {
                Fail([new KvBatchResult { Status = KvStatus.Failed, Error = failed }], stopping);
            }
        }
    }

    private void Fail(IEnumerable<KvBatchResult> results, CancellationTokenSource stopping)
    {
        lock (_gate) _failures.AddRange(results.Where(result => !result.Succeeded).Take(FailuresShownMax - Math.Min(_failures.Count, FailuresShownMax)));
        stopping.Cancel();
    }
}
