using BenchmarkDotNet.Attributes;
using KvCluster.Core.Log;
using KvCluster.Node.Storage;
using KvCluster.Protocol.Identity;

namespace KvCluster.Benchmarks.Micro;

/// <summary>A group of puts appended to the log in RocksDB, without and with the sync that makes it durable.</summary>
[MemoryDiagnoser]
public class LogBenchmarks : IDisposable
{
    private string _folder = "";
    private DiskStorage _storage = null!;
    private LogEntry[] _entries = [];
    private LogIndex _next = new(1);

    [Params(1, 16, 64)]
    public int Entries { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _folder = Directory.CreateTempSubdirectory("kvcluster-micro-").FullName;
        _storage = new DiskStorage(_folder);
        _entries = SampleEntries.Puts(_next, Entries);
    }

    [Benchmark]
    public void Append()
    {
        for (var i = 0; i < _entries.Length; i++, _next = _next.Next)
            _entries[i] = _entries[i] with { Index = _next };
        _storage.AppendLog(null, _entries);
    }

    [Benchmark]
    public void AppendAndSync()
    {
        Append();
        _storage.SyncLog();
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _storage.Dispose();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
