using System.Buffers.Binary;
using KvCluster.Core.State;
using KvCluster.Node.Storage.Native;
using KvCluster.Protocol.Identity;

namespace KvCluster.Node.Storage;

/// <summary>A snapshot being collected in a column family of its own; one row there counts the chunks.</summary>
internal sealed class SnapshotStaging : ISnapshotStaging
{
    private static readonly byte[] ProgressRow = [1];
    private readonly RocksDatabase _database;
    private readonly nint _family;
    private readonly Action<SnapshotStaging, Revision> _install;

    public SnapshotStaging(RocksDatabase database, SnapshotId id, long number, Action<SnapshotStaging, Revision> install)
    {
        (_database, Id, Number, _install) = (database, id, number, install);
        _family = database.Family(FamilyNames.Data(number));
        Chunks = database.Get(_family, ProgressRow) is { } progress ? BinaryPrimitives.ReadInt32LittleEndian(progress) : 0;
    }

    public SnapshotId Id { get; }
    public long Number { get; }
    public int Chunks { get; private set; }

    public void Add(ReadOnlySpan<byte> chunk)
    {
        using var batch = new RocksBatch();
        while (!chunk.IsEmpty)
        {
            var key = Take(ref chunk);
            batch.Put(_family, key, Take(ref chunk));
        }

        Span<byte> progress = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(progress, Chunks + 1);
        batch.Put(_family, ProgressRow, progress);
        _database.Write(batch, RocksDurability.Logged);
        Chunks++;
    }

    public void Install(Revision lastRevision)
    {
        using var batch = new RocksBatch();
        batch.Delete(_family, ProgressRow);
        Span<byte> applied = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(applied, Id.Index.Value);
        batch.Put(_family, StateColumn.AppliedRow, applied);
        _database.Write(batch, RocksDurability.Logged);
        _database.Flush(_family);
        _install(this, lastRevision);
    }

    public void Dispose()
    {
        // What is staged stays on the disk: the same snapshot may go on here later.
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> chunk)
    {
        var length = chunk.Length < 4 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(chunk);
        if (length < 0 || length > chunk.Length - 4) throw new StorageException(StorageFailure.Corrupt, "A snapshot's chunk does not hold whole rows.");
        var taken = chunk.Slice(4, length);
        chunk = chunk[(4 + length)..];
        return taken;
    }
}
