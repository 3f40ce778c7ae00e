using KvCluster.Core.Execution;
using KvCluster.Core.Log;
using KvCluster.Core.Replication.Effects;
using KvCluster.Node.Diagnostics;
using KvCluster.Node.Replication;
using KvCluster.Node.Storage;
using KvCluster.Protocol.Identity;
using KvCluster.Tests.Diagnostics;

namespace KvCluster.Tests.Storage;

public sealed class ApplierTests : IDisposable
{
    private const int DueAtBytes = 64 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly DataFolder _folder = new();
    private readonly MeterReader _reader = new();

    [Fact]
    public void FailedFlush_StopsTheApplier_BeforeTheNextIsDue()
    {
        using var storage = new UnflushableStorage(new DiskStorage(_folder.Sub("store")));
        var executor = new CommandExecutor();
        executor.Load(storage.State, storage.StateRows);
        var ports = new ReplicationPorts(_ => { }, _ => { }, (_, _, _) => { }, _ => { }, new ReplicationMetrics(new NodeMeter(_reader)));
        var applier = new Applier(storage, executor, default, ports);
        Exception? ending = null;
        var thread = new Thread(() => ending = Record.Exception(applier.Run));
        thread.Start();

        var large = new LogEntry(new Epoch(1), new LogIndex(1), new Revision(1), EntryKind.NoOp, new byte[DueAtBytes]);
        applier.Post(new ApplyEffect(large.Index, large.Index, [large], [], 1));

        // Nothing more is posted and nobody closes it: only the failed flush ends it.
        var ended = thread.Join(Patience);
        applier.Close();
        thread.Join();
        Assert.True(ended, "The applier waits for the next flush.");
        Assert.Equal(StorageFailure.InputOutput, Assert.IsType<StorageException>(ending).Failure);
        Assert.Equal(1, storage.Flushes);
    }

    public void Dispose()
    {
        _reader.Dispose();
        _folder.Dispose();
    }
}
