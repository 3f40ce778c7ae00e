using KvCluster.Core.Commands;

namespace KvCluster.Node.Store;

/// <summary>The node's data as the front ends see it: every protocol talks to this type and to nothing below it.</summary>
public sealed class ReplicatedStore
{
    /// <summary>Executes a write; returns when its fate is known here, or unknown for good.</summary>
    /// <remarks>Giving up by <paramref name="cancellation"/> does not take the write back.</remarks>
    public ValueTask<WriteResult> WriteAsync(Command command, CancellationToken cancellation) => throw new NotImplementedException();

    public ValueTask<ReadResult> ReadAsync(ReadOnlyMemory<byte> key, ReadConsistency consistency, CancellationToken cancellation) =>
        throw new NotImplementedException();

    /// <summary>Keys with <paramref name="prefix"/> that come after <paramref name="after"/>, in byte order.</summary>
    /// <param name="countMax">At most so many keys.</param>
    /// <param name="bytesMax">The page ends once its values reach this size.</param>
    /// <param name="withValues">False leaves <c>Bytes</c> empty.</param>
    public ValueTask<ListResult> ListAsync(
        ReadOnlyMemory<byte> prefix,
        ReadOnlyMemory<byte> after,
        int countMax,
        int bytesMax,
        bool withValues,
        ReadConsistency consistency,
        CancellationToken cancellation) => throw new NotImplementedException();
}
