namespace KvCluster.Node.Storage.Native;

/// <summary>Options of the database and of its column families; kept alive as long as the database.</summary>
internal sealed class RocksOptions : IDisposable
{
    private const int NoCompression = 0;
    private const int WarnLevel = 2;
    private readonly nint _cache = RocksNative.rocksdb_cache_create_lru(48 << 20);
    private readonly List<nint> _tables = [];

    public RocksOptions()
    {
        Database = RocksNative.rocksdb_options_create();
        RocksNative.rocksdb_options_set_create_if_missing(Database, 1);
        RocksNative.rocksdb_options_set_create_missing_column_families(Database, 1);

        // An idle memtable of data pins the write-ahead log: this cap makes RocksDB flush it.
        RocksNative.rocksdb_options_set_max_total_wal_size(Database, 128 << 20);
        RocksNative.rocksdb_options_set_max_background_jobs(Database, 2);

        // Tables go to the disk while they are written: else the next sync of the log pays for all that a flush or a compaction left in the page cache.
        RocksNative.rocksdb_options_set_bytes_per_sync(Database, 1 << 20);
        RocksNative.rocksdb_options_set_max_open_files(Database, 512);
        RocksNative.rocksdb_options_set_keep_log_file_num(Database, 2);
        RocksNative.rocksdb_options_set_info_log_level(Database, WarnLevel);
        Data = Family(8 << 20, bloomBits: 10);

        // A place in a small memtable is found in half the time; three are flushed as one table, so that there is no more to compact and to look into.
        RocksNative.rocksdb_options_set_min_write_buffer_number_to_merge(Data, 3);
        RocksNative.rocksdb_options_set_max_write_buffer_number(Data, 6);
        Meta = Family(1 << 20, bloomBits: 0);
    }

    public nint Database { get; }
    public nint Data { get; }
    public nint Meta { get; }

    private nint Family(nuint memtableBytes, double bloomBits)
    {
        var options = RocksNative.rocksdb_options_create();
        RocksNative.rocksdb_options_set_write_buffer_size(options, memtableBytes);
        RocksNative.rocksdb_options_set_max_write_buffer_number(options, 3);
        RocksNative.rocksdb_options_set_compression(options, NoCompression);
        var table = RocksNative.rocksdb_block_based_options_create();
        RocksNative.rocksdb_block_based_options_set_block_cache(table, _cache);
        RocksNative.rocksdb_block_based_options_set_cache_index_and_filter_blocks(table, 1);
        if (bloomBits > 0)
        {
            RocksNative.rocksdb_block_based_options_set_filter_policy(table, RocksNative.rocksdb_filterpolicy_create_bloom_full(bloomBits));
            RocksNative.rocksdb_options_set_memtable_prefix_bloom_size_ratio(options, 0.05);
            RocksNative.rocksdb_options_set_memtable_whole_key_filtering(options, 1);
        }

        RocksNative.rocksdb_options_set_block_based_table_factory(options, table);
        _tables.Add(table);
        return options;
    }

    public void Dispose()
    {
        foreach (var options in (ReadOnlySpan<nint>)[Database, Data, Meta]) RocksNative.rocksdb_options_destroy(options);
        foreach (var table in _tables) RocksNative.rocksdb_block_based_options_destroy(table);
        RocksNative.rocksdb_cache_destroy(_cache);
    }
}
