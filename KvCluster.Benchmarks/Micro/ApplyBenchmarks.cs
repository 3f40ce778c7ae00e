using BenchmarkDotNet.Attributes;
using KvCluster.Core.Execution;
using KvCluster.Core.Log;
using KvCluster.Node.Storage;
using KvCluster.Protocol.Identity;

namespace KvCluster.Benchmarks.Micro;

/// <summary>A batch of committed puts applied to the state in RocksDB: decoding, reading the old row, writing the new one.</summary>
[MemoryDiagnoser]
public class ApplyBenchmarks : IDisposable
{
    private readonly CommandExecutor _executor = new();
    private string _folder = "";
    private DiskStorage _storage = null!;
    private LogEntry[] _entries = [];
    private LogIndex _applied = LogIndex.Zero;

    [Params(1, 16, 64)]
    public int Entries { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        const int FillBatch = 1000;
        _folder = Directory.CreateTempSubdirectory("kvcluster-micro-").FullName;
        _storage = new DiskStorage(_folder);
        _executor.Load(_storage.State);
        Apply([SampleEntries.Adoption(_applied.Next)]);
        for (var filled = 0; filled < SampleEntries.Keys; filled += FillBatch)
            Apply(SampleEntries.Puts(_applied.Next, FillBatch));
        _entries = SampleEntries.Puts(_applied.Next, Entries);
    }

    [Benchmark]
    public void ApplyBatch() => Apply(_entries);

    [GlobalCleanup]
    public void Dispose()
    {
        _storage.Dispose();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private void Apply(LogEntry[] entries)
    {
        var batch = _storage.BeginBatch();
        foreach (var entry in entries)
            _executor.Apply(entry, batch);
        _executor.EndBatch(batch);
        _applied = entries[^1].Index;
        _storage.CommitBatch(batch, _applied);
        _executor.Publish();
    }
}
