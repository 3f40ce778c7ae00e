using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Log;

/// <summary>One entry of a node's log, named by (epoch, index). The same name on two servers means the same entry and the same prefix.</summary>
/// <param name="Revision">The hybrid logical time at which the main gave the entry its place; grows along the log.</param>
/// <param name="Payload">The encoded command; opaque to replication.</param>
public readonly record struct LogEntry(Epoch Epoch, LogIndex Index, Revision Revision, EntryKind Kind, ReadOnlyMemory<byte> Payload)
{
    /// <summary>What an entry costs in memory and on the wire beside its payload, in bytes.</summary>
    public const int HeaderBytes = 32;

    /// <summary>The trace of the request that the entry came from, while it is recorded and in memory.</summary>
    public TraceContext? Trace { get; init; }

    public int Bytes => HeaderBytes + Payload.Length;
}
