using KvCluster.Protocol.Identity;

namespace KvCluster.Core.State;

/// <summary>Where a command writes: the key's row, what is there now, and the moment.</summary>
internal readonly ref struct RowWrite(ReadOnlySpan<byte> row, ReadOnlySpan<byte> key, in CurrentValue current, long generation, Revision now, IStateBatch batch)
{
    public ReadOnlySpan<byte> Row { get; } = row;
    public ReadOnlySpan<byte> Key { get; } = key;
    public CurrentValue Current { get; } = current;
    public long Generation { get; } = generation;
    public Revision Now { get; } = now;
    public IStateBatch Batch { get; } = batch;
}
