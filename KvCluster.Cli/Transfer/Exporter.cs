using KvCluster.Client;

namespace KvCluster.Cli.Transfer;

/// <summary>Writes the records of the cluster as lines, in the order of their keys' bytes.</summary>
internal sealed class Exporter(KvClusterClient client, TransferTally tally)
{
    public async Task RunAsync(ReadOnlyMemory<byte> prefix, Stream output, CancellationToken cancellationToken)
    {
        using var writer = new RecordWriter();
        await using var buffered = new BufferedStream(output, 256 * 1024);
        await foreach (var entry in client.ListAsync(new KvListOptions { Prefix = prefix, Values = true, PageSize = 1000 }, cancellationToken))
        {
            var line = writer.Write(new TransferRecord(entry.Key, entry.Value, entry.ContentType, entry.ExpiresAt));
            await buffered.WriteAsync(line, cancellationToken);
            tally.Add(1, line.Length);
        }

        await buffered.FlushAsync(cancellationToken);
    }

    /// <summary>Counts the records ahead of the export, so that somebody who watches learns how long it will take.</summary>
    public async Task CountAsync(ReadOnlyMemory<byte> prefix, CancellationToken cancellationToken)
    {
        var count = 0L;
        await foreach (var _ in client.ListAsync(new KvListOptions { Prefix = prefix, PageSize = 1000 }, cancellationToken)) count++;
        tally.RecordsTotal = count;
    }
}
