using System.Runtime.InteropServices;

namespace KvCluster.Node.Storage.Native;

/// <summary>An open RocksDB with the few things this store does with it. Every failure is a <see cref="StorageException"/>.</summary>
internal sealed unsafe class RocksDatabase : IDisposable
{
    private const int PersistedTier = 2;
    private readonly RocksOptions _options = new();
    private readonly Dictionary<string, nint> _families = [];
    private readonly List<nint> _dropped = [];
    private readonly nint _db;
    private readonly nint _unsynced = RocksNative.rocksdb_writeoptions_create();
    private readonly nint _synced = RocksNative.rocksdb_writeoptions_create();
    private readonly nint _withoutLog = RocksNative.rocksdb_writeoptions_create();
    private readonly nint _read = RocksNative.rocksdb_readoptions_create();
    private readonly nint _scan = RocksNative.rocksdb_readoptions_create();
    private readonly nint _persisted = RocksNative.rocksdb_readoptions_create();
    private readonly nint _flush = RocksNative.rocksdb_flushoptions_create();

    public RocksDatabase(string path, IReadOnlyList<string> required)
    {
        RocksNative.rocksdb_writeoptions_set_sync(_synced, 1);
        RocksNative.rocksdb_writeoptions_disable_WAL(_withoutLog, 1);
        RocksNative.rocksdb_readoptions_set_fill_cache(_scan, 0);
        RocksNative.rocksdb_readoptions_set_read_tier(_persisted, PersistedTier);
        RocksNative.rocksdb_flushoptions_set_wait(_flush, 1);
        try
        {
            _db = Open(path, required);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private nint Open(string path, IReadOnlyList<string> required)
    {
        var names = ExistingFamilies(path).Union(required).Prepend("default").Distinct().ToArray();
        var handles = new nint[names.Length];
        byte* error = null;
        var db = RocksNative.rocksdb_open_column_families(_options.Database, path, names.Length, names, [.. names.Select(OptionsOf)], handles, &error);
        RocksError.ThrowIf(error);
        for (var i = 0; i < names.Length; i++) _families[names[i]] = handles[i];
        return db;
    }

    public IReadOnlyCollection<string> Families => _families.Keys;

    public nint Family(string name) => _families[name];

    public nint CreateFamily(string name)
    {
        byte* error = null;
        var handle = RocksNative.rocksdb_create_column_family(_db, OptionsOf(name), name, &error);
        RocksError.ThrowIf(error);
        return _families[name] = handle;
    }

    /// <summary>The family goes; its handle stays valid for readers that still hold it until the database is closed.</summary>
    public void DropFamily(string name)
    {
        if (!_families.Remove(name, out var handle)) return;
        byte* error = null;
        RocksNative.rocksdb_drop_column_family(_db, handle, &error);
        _dropped.Add(handle);
        RocksError.ThrowIf(error);
    }

    public void Write(RocksBatch batch, RocksDurability durability)
    {
        var options = durability switch
        {
            RocksDurability.Synced => _synced,
            RocksDurability.WithoutLog => _withoutLog,
            _ => _unsynced,
        };
        byte* error = null;
        RocksNative.rocksdb_write(_db, options, batch.Handle, &error);
        RocksError.ThrowIf(error);
    }

    public void Flush(nint family)
    {
        byte* error = null;
        RocksNative.rocksdb_flush_cf(_db, _flush, family, &error);
        RocksError.ThrowIf(error);
    }

    public byte[]? Get(nint family, ReadOnlySpan<byte> key) => Get(family, key, _read);

    /// <summary>What a power loss would leave of the row when it was written without the log.</summary>
    public byte[]? GetPersisted(nint family, ReadOnlySpan<byte> key) => Get(family, key, _persisted);

    private byte[]? Get(nint family, ReadOnlySpan<byte> key, nint options)
    {
        var slice = Pin(family, key, options);
        if (slice == 0) return null;
        nuint length;
        var value = RocksNative.rocksdb_pinnableslice_value(slice, &length);
        var bytes = GC.AllocateUninitializedArray<byte>((int)length);
        new ReadOnlySpan<byte>(value, (int)length).CopyTo(bytes);
        RocksNative.rocksdb_pinnableslice_destroy(slice);
        return bytes;
    }

    /// <summary>Copies the first bytes of a row; returns its whole length, or -1.</summary>
    public int Read(nint family, ReadOnlySpan<byte> key, Span<byte> destination)
    {
        var slice = Pin(family, key, _read);
        if (slice == 0) return -1;
        nuint length;
        var value = RocksNative.rocksdb_pinnableslice_value(slice, &length);
        new ReadOnlySpan<byte>(value, Math.Min((int)length, destination.Length)).CopyTo(destination);
        RocksNative.rocksdb_pinnableslice_destroy(slice);
        return (int)length;
    }

    private nint Pin(nint family, ReadOnlySpan<byte> key, nint options)
    {
        byte* error = null;
        nint slice;
        fixed (byte* pointer = key) slice = RocksNative.rocksdb_get_pinned_cf(_db, options, family, pointer, (nuint)key.Length, &error);
        RocksError.ThrowIf(error);
        return slice;
    }

    public RocksIterator Scan(nint family) => new(RocksNative.rocksdb_create_iterator_cf(_db, _scan, family));
    public RocksSnapshot Snapshot() => new(_db);

    public long RowsEstimate(nint family)
    {
        ulong rows = 0;
        fixed (byte* name = "rocksdb.estimate-num-keys\0"u8) _ = RocksNative.rocksdb_property_int_cf(_db, family, name, &rows);
        return (long)rows;
    }

    private nint OptionsOf(string family) => family.StartsWith(FamilyNames.DataPrefix, StringComparison.Ordinal) ? _options.Data : _options.Meta;

    private string[] ExistingFamilies(string path)
    {
        if (!File.Exists(Path.Combine(path, "CURRENT"))) return [];
        nuint count;
        byte* error = null;
        var list = RocksNative.rocksdb_list_column_families(_options.Database, path, &count, &error);
        RocksError.ThrowIf(error);
        var names = new string[(int)count];
        for (var i = 0; i < names.Length; i++) names[i] = Marshal.PtrToStringUTF8(((nint*)list)[i])!;
        RocksNative.rocksdb_list_column_families_destroy(list, count);
        return names;
    }

    public void Dispose()
    {
        foreach (var handle in _families.Values.Concat(_dropped)) RocksNative.rocksdb_column_family_handle_destroy(handle);
        if (_db != 0) RocksNative.rocksdb_close(_db);
        foreach (var options in (ReadOnlySpan<nint>)[_unsynced, _synced, _withoutLog]) RocksNative.rocksdb_writeoptions_destroy(options);
        foreach (var options in (ReadOnlySpan<nint>)[_read, _scan, _persisted]) RocksNative.rocksdb_readoptions_destroy(options);
        RocksNative.rocksdb_flushoptions_destroy(_flush);
        _options.Dispose();
    }
}
