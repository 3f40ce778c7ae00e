namespace KvCluster.Node.Storage.Native;

/// <summary>Changes that happen together.</summary>
internal sealed unsafe class RocksBatch : IDisposable
{
    public nint Handle { get; } = RocksNative.rocksdb_writebatch_create();

    public void Put(nint family, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        fixed (byte* keyPointer = key)
        fixed (byte* valuePointer = value)
            RocksNative.rocksdb_writebatch_put_cf(Handle, family, keyPointer, (nuint)key.Length, valuePointer, (nuint)value.Length);
    }

    public void Delete(nint family, ReadOnlySpan<byte> key)
    {
        fixed (byte* pointer = key) RocksNative.rocksdb_writebatch_delete_cf(Handle, family, pointer, (nuint)key.Length);
    }

    public void Clear() => RocksNative.rocksdb_writebatch_clear(Handle);
    public void Dispose() => RocksNative.rocksdb_writebatch_destroy(Handle);
}
