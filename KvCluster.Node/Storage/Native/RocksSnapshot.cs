namespace KvCluster.Node.Storage.Native;

/// <summary>The database as it was at one moment.</summary>
internal sealed class RocksSnapshot : IDisposable
{
    private readonly nint _db;
    private readonly nint _snapshot;
    private readonly nint _read = RocksNative.rocksdb_readoptions_create();

    public RocksSnapshot(nint db)
    {
        _db = db;
        _snapshot = RocksNative.rocksdb_create_snapshot(db);
        RocksNative.rocksdb_readoptions_set_snapshot(_read, _snapshot);
        RocksNative.rocksdb_readoptions_set_fill_cache(_read, 0);
    }

    public RocksIterator Scan(nint family) => new(RocksNative.rocksdb_create_iterator_cf(_db, _read, family));

    public void Dispose()
    {
        RocksNative.rocksdb_readoptions_destroy(_read);
        RocksNative.rocksdb_release_snapshot(_db, _snapshot);
    }
}
