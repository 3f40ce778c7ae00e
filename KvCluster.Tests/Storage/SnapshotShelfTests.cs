using KvCluster.Core.State;
using KvCluster.Node.Replication;
using KvCluster.Node.Storage;
using KvCluster.Protocol.Identity;

namespace KvCluster.Tests.Storage;

public sealed class SnapshotShelfTests
{
    private static readonly SnapshotId Slow = new(0, new Epoch(1), new LogIndex(5), Guid.NewGuid());
    private static readonly SnapshotId Other = new(0, new Epoch(1), new LogIndex(6), Guid.NewGuid());

    [Fact]
    public async Task ReadThatWaitsForTheDisk_KeepsNobodyElseWaiting_AndIsEndedBeforeItsSnapshotIs()
    {
        using var shelf = new SnapshotShelf();
        var slow = new WaitingSnapshot();
        var other = new WaitingSnapshot();
        other.MayGoOn.Set();
        shelf.Add(Slow, slow);
        var reading = Task.Run(() => shelf.Read(Slow, 0, 10), TestContext.Current.CancellationToken);
        slow.IsReading.Wait(TestContext.Current.CancellationToken);

        shelf.Add(Other, other);
        Assert.NotNull(shelf.Read(Other, 0, 10));
        shelf.Close(Other);
        Assert.True(other.IsDisposed);

        var closing = Task.Run(() => shelf.Close(Slow), TestContext.Current.CancellationToken);
        Assert.False(slow.IsDisposed);
        slow.MayGoOn.Set();
        Assert.NotNull(await reading);
        await closing;
        Assert.True(slow.IsDisposed);
        Assert.Null(shelf.Read(Slow, 0, 10));
    }

    private sealed class WaitingSnapshot : IStateSnapshot
    {
        public ManualResetEventSlim IsReading { get; } = new();
        public ManualResetEventSlim MayGoOn { get; } = new();
        public bool IsDisposed { get; private set; }
        public LogIndex Applied => new(5);

        public (ReadOnlyMemory<byte> Chunk, byte[]? Last) ReadChunk(ReadOnlySpan<byte> after, int bytesMax)
        {
            IsReading.Set();
            MayGoOn.Wait(TestContext.Current.CancellationToken);
            return (new byte[1], null);
        }

        public void Dispose() => IsDisposed = true;
    }
}
