using KvCluster.Core.Replication;
using KvCluster.Core.State;

namespace KvCluster.Tests.Simulation;

/// <summary>A server's answer to a read.</summary>
/// <param name="Listed">The values of the other keys of a listing, in its order.</param>
internal readonly record struct ReadReply(Refusal Refusal, StoredValue? Value, bool FromMain, IReadOnlyList<StoredValue?> Listed)
{
    public static ReadReply Refused(Refusal refusal) => new(refusal, null, false, []);
}
