namespace KvCluster.Node.Storage.Native;

/// <summary>A walk over rows in key order. It ends in silence on a damaged block: <see cref="ThrowIfFailed"/> must follow every walk.</summary>
internal readonly unsafe struct RocksIterator(nint handle) : IDisposable
{
    public bool IsValid => RocksNative.rocksdb_iter_valid(handle) != 0;

    public ReadOnlySpan<byte> Key
    {
        get
        {
            nuint length;
            var pointer = RocksNative.rocksdb_iter_key(handle, &length);
            return new ReadOnlySpan<byte>(pointer, (int)length);
        }
    }

    public ReadOnlySpan<byte> Value
    {
        get
        {
            nuint length;
            var pointer = RocksNative.rocksdb_iter_value(handle, &length);
            return new ReadOnlySpan<byte>(pointer, (int)length);
        }
    }

    public void Seek(ReadOnlySpan<byte> key)
    {
        fixed (byte* pointer = key) RocksNative.rocksdb_iter_seek(handle, pointer, (nuint)key.Length);
    }

    public void SeekToLast() => RocksNative.rocksdb_iter_seek_to_last(handle);
    public void Next() => RocksNative.rocksdb_iter_next(handle);

    public void ThrowIfFailed()
    {
        byte* error = null;
        RocksNative.rocksdb_iter_get_error(handle, &error);
        RocksError.ThrowIf(error);
    }

    public void Dispose() => RocksNative.rocksdb_iter_destroy(handle);
}
