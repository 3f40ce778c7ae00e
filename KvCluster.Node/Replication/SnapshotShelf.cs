using KvCluster.Core.State;
using KvCluster.Node.Storage;

namespace KvCluster.Node.Replication;

/// <summary>Snapshots that are being sent, with the places where their chunks begin, so that any chunk can be cut again.</summary>
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
        lock (_lock)
        {
            if (!_opened.TryGetValue(id, out var opened) || number >= opened.Begins.Count) return null;
            var (chunk, last) = opened.Snapshot.ReadChunk(opened.Begins[number], bytesMax);
            if (last is not null && number == opened.Begins.Count - 1) opened.Begins.Add(last);
            return (chunk, last is null);
        }
    }

    public void Close(SnapshotId id)
    {
        lock (_lock)
        {
            if (_opened.Remove(id, out var opened)) opened.Snapshot.Dispose();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var opened in _opened.Values) opened.Snapshot.Dispose();
            _opened.Clear();
        }
    }

    private sealed record Opened(IStateSnapshot Snapshot)
    {
        /// <summary>The key after which each chunk begins.</summary>
        public List<byte[]> Begins { get; } = [[]];
    }
}
