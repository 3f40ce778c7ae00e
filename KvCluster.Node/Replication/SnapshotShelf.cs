using KvCluster.Core.State;
using KvCluster.Node.Storage;

namespace KvCluster.Node.Replication;

/// <summary>Snapshots that are being sent, with the places where their chunks begin, so that any chunk can be cut again.</summary>
/// <remarks>A read takes as long as the disk does: it keeps whoever closes the same snapshot waiting, and nobody else.</remarks>
internal sealed class SnapshotShelf : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<SnapshotId, Opened> _opened = [];

    public void Add(SnapshotId id, IStateSnapshot snapshot)
    {
        lock (_lock) _opened[id] = new Opened(snapshot);
    }

    /// <returns>Nothing when the snapshot was closed meanwhile.</returns>
    public (ReadOnlyMemory<byte> Chunk, bool IsLast)? Read(SnapshotId id, int number, int bytesMax)
    {
        Opened? opened;
        lock (_lock) opened = _opened.GetValueOrDefault(id);
        return opened?.Read(number, bytesMax);
    }

    public void Close(SnapshotId id)
    {
        Opened? opened;
        lock (_lock) _opened.Remove(id, out opened);
        opened?.Dispose();
    }

    public void Dispose()
    {
        Opened[] all;
        lock (_lock)
        {
            all = [.. _opened.Values];
            _opened.Clear();
        }

        foreach (var opened in all) opened.Dispose();
    }

    private sealed class Opened(IStateSnapshot snapshot) : IDisposable
    {
        private readonly Lock _reading = new();

        // The key after which each chunk begins.
        private readonly List<byte[]> _begins = [[]];
        private bool _isClosed;

        public (ReadOnlyMemory<byte> Chunk, bool IsLast)? Read(int number, int bytesMax)
        {
            lock (_reading)
            {
                if (_isClosed || number >= _begins.Count) return null;
                var (chunk, last) = snapshot.ReadChunk(_begins[number], bytesMax);
                if (last is not null && number == _begins.Count - 1) _begins.Add(last);
                return (chunk, last is null);
            }
        }

        public void Dispose()
        {
            lock (_reading)
            {
                if (_isClosed) return;
                _isClosed = true;
                snapshot.Dispose();
            }
        }
    }
}
