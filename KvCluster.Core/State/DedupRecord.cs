using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Requests;

namespace KvCluster.Core.State;

/// <summary>What became of one request.</summary>
internal sealed class DedupRecord(UInt128 client, ulong sequence, DedupFacts facts)
{
    public UInt128 Client { get; } = client;

    /// <summary>Zero for an opaque id.</summary>
    public ulong Sequence { get; } = sequence;
    public DedupFacts Facts { get; } = facts;

    /// <summary>Taken out of the table; the queue by age drops it when it comes across it.</summary>
    public bool IsForgotten { get; set; }
}
