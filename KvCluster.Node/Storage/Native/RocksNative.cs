using System.Runtime.InteropServices;

namespace KvCluster.Node.Storage.Native;

/// <summary>The calls of RocksDB's C API that this store uses, and no others (rocksdb/c.h).</summary>
internal static unsafe partial class RocksNative
{
    private const string Library = "rocksdb";

    [LibraryImport(Library)] public static partial nint rocksdb_options_create();
    [LibraryImport(Library)] public static partial void rocksdb_options_destroy(nint options);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_create_if_missing(nint options, byte value);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_create_missing_column_families(nint options, byte value);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_max_total_wal_size(nint options, ulong bytes);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_max_background_jobs(nint options, int jobs);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_max_open_files(nint options, int files);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_keep_log_file_num(nint options, nuint files);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_info_log_level(nint options, int level);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_write_buffer_size(nint options, nuint bytes);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_bytes_per_sync(nint options, ulong bytes);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_max_write_buffer_number(nint options, int count);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_min_write_buffer_number_to_merge(nint options, int count);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_compression(nint options, int kind);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_memtable_prefix_bloom_size_ratio(nint options, double ratio);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_memtable_whole_key_filtering(nint options, byte value);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_block_based_table_factory(nint options, nint table);
    [LibraryImport(Library)] public static partial nint rocksdb_block_based_options_create();
    [LibraryImport(Library)] public static partial void rocksdb_block_based_options_destroy(nint table);
    [LibraryImport(Library)] public static partial void rocksdb_block_based_options_set_block_cache(nint table, nint cache);
    [LibraryImport(Library)] public static partial void rocksdb_block_based_options_set_filter_policy(nint table, nint policy);
    [LibraryImport(Library)] public static partial void rocksdb_block_based_options_set_cache_index_and_filter_blocks(nint table, byte value);
    [LibraryImport(Library)] public static partial nint rocksdb_filterpolicy_create_bloom_full(double bitsPerKey);
    [LibraryImport(Library)] public static partial nint rocksdb_cache_create_lru(nuint bytes);
    [LibraryImport(Library)] public static partial void rocksdb_cache_destroy(nint cache);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint rocksdb_list_column_families(nint options, string path, nuint* count, byte** error);

    [LibraryImport(Library)] public static partial void rocksdb_list_column_families_destroy(nint list, nuint count);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint rocksdb_open_column_families(
        nint options, string path, int count, [In] string[] names, [In] nint[] familyOptions, [Out] nint[] handles, byte** error);

    [LibraryImport(Library)] public static partial void rocksdb_close(nint db);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint rocksdb_create_column_family(nint db, nint options, string name, byte** error);

    [LibraryImport(Library)] public static partial void rocksdb_drop_column_family(nint db, nint family, byte** error);
    [LibraryImport(Library)] public static partial void rocksdb_column_family_handle_destroy(nint family);

    [LibraryImport(Library)] public static partial nint rocksdb_writeoptions_create();
    [LibraryImport(Library)] public static partial void rocksdb_writeoptions_destroy(nint options);
    [LibraryImport(Library)] public static partial void rocksdb_writeoptions_set_sync(nint options, byte value);
    [LibraryImport(Library)] public static partial void rocksdb_writeoptions_disable_WAL(nint options, int value);
    [LibraryImport(Library)] public static partial nint rocksdb_writebatch_create();
    [LibraryImport(Library)] public static partial void rocksdb_writebatch_clear(nint batch);
    [LibraryImport(Library)] public static partial void rocksdb_writebatch_destroy(nint batch);
    [LibraryImport(Library)] public static partial void rocksdb_writebatch_put_cf(nint batch, nint family, byte* key, nuint keyLength, byte* value, nuint valueLength);
    [LibraryImport(Library)] public static partial void rocksdb_writebatch_delete_cf(nint batch, nint family, byte* key, nuint keyLength);
    [LibraryImport(Library)] public static partial void rocksdb_write(nint db, nint options, nint batch, byte** error);

    [LibraryImport(Library)] public static partial nint rocksdb_flushoptions_create();
    [LibraryImport(Library)] public static partial void rocksdb_flushoptions_destroy(nint options);
    [LibraryImport(Library)] public static partial void rocksdb_flushoptions_set_wait(nint options, byte value);
    [LibraryImport(Library)] public static partial void rocksdb_flush_cf(nint db, nint options, nint family, byte** error);

    [LibraryImport(Library)] public static partial nint rocksdb_readoptions_create();
    [LibraryImport(Library)] public static partial void rocksdb_readoptions_destroy(nint options);
    [LibraryImport(Library)] public static partial void rocksdb_readoptions_set_snapshot(nint options, nint snapshot);
    [LibraryImport(Library)] public static partial void rocksdb_readoptions_set_read_tier(nint options, int tier);
    [LibraryImport(Library)] public static partial void rocksdb_readoptions_set_fill_cache(nint options, byte value);
    [LibraryImport(Library)] public static partial nint rocksdb_create_snapshot(nint db);
    [LibraryImport(Library)] public static partial void rocksdb_release_snapshot(nint db, nint snapshot);

    [LibraryImport(Library)] public static partial nint rocksdb_get_pinned_cf(nint db, nint options, nint family, byte* key, nuint keyLength, byte** error);
    [LibraryImport(Library)] public static partial byte* rocksdb_pinnableslice_value(nint slice, nuint* length);
    [LibraryImport(Library)] public static partial void rocksdb_pinnableslice_destroy(nint slice);

    [LibraryImport(Library)] public static partial nint rocksdb_create_iterator_cf(nint db, nint options, nint family);
    [LibraryImport(Library)] public static partial void rocksdb_iter_destroy(nint iterator);
    [LibraryImport(Library)] public static partial byte rocksdb_iter_valid(nint iterator);
    [LibraryImport(Library)] public static partial void rocksdb_iter_seek(nint iterator, byte* key, nuint keyLength);
    [LibraryImport(Library)] public static partial void rocksdb_iter_seek_to_last(nint iterator);
    [LibraryImport(Library)] public static partial void rocksdb_iter_next(nint iterator);
    [LibraryImport(Library)] public static partial byte* rocksdb_iter_key(nint iterator, nuint* length);
    [LibraryImport(Library)] public static partial byte* rocksdb_iter_value(nint iterator, nuint* length);
    [LibraryImport(Library)] public static partial void rocksdb_iter_get_error(nint iterator, byte** error);

    [LibraryImport(Library)] public static partial int rocksdb_property_int_cf(nint db, nint family, byte* name, ulong* value);
    [LibraryImport(Library)] public static partial void rocksdb_free(void* pointer);
}
