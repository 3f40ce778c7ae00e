using KvCluster.Core.Log;

namespace KvCluster.Core.Replication.Inputs;

/// <summary>A client's command or a control record asks for a place in the log.</summary>
/// <param name="Token">Given back with the reply; zero when nobody waits.</param>
public sealed record WriteRequested(long Token, EntryKind Kind, ReadOnlyMemory<byte> Payload) : ReplicationInput
{
    /// <summary>The request's trace, if it is recorded; goes with the entry.</summary>
    public TraceContext? Trace { get; init; }
}
