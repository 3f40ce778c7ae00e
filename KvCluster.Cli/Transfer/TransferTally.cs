namespace KvCluster.Cli.Transfer;

/// <summary>How far an import or export has come.</summary>
internal sealed class TransferTally
{
    private long _records;
    private long _bytes;
    private long _recordsTotal;
    private long _bytesTotal;

    public long Records => Volatile.Read(ref _records);
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>How many records there will be; zero while nobody knows.</summary>
    public long RecordsTotal
    {
        get => Volatile.Read(ref _recordsTotal);
        set => Volatile.Write(ref _recordsTotal, value);
    }

    /// <summary>How many bytes there will be; zero while nobody knows.</summary>
    public long BytesTotal
    {
        get => Volatile.Read(ref _bytesTotal);
        set => Volatile.Write(ref _bytesTotal, value);
    }

    public void Add(long records, long bytes)
    {
        Interlocked.Add(ref _records, records);
        Interlocked.Add(ref _bytes, bytes);
    }

    /// <summary>From 0 to 1; none while the whole is unknown.</summary>
    public double? Fraction
    {
        get
        {
            if (BytesTotal > 0) return Math.Min(1, (double)Bytes / BytesTotal);
            return RecordsTotal > 0 ? Math.Min(1, (double)Records / RecordsTotal) : null;
        }
    }
}
