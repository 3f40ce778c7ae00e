using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Control;

/// <summary>What became of a compare-and-set.</summary>
/// <param name="Decided">
/// When it was written or was a conflict: the document that the register decided, which says so. It need not be the one that was handed in: an
/// earlier attempt of the same request may have made another, and it may be many versions newer. Only this one may be adopted and told of. When it is unknown: the document that has gone on so far that it does not say any more who made
/// that version. Then this attempt did nothing, and the doubt is about earlier ones under the same request id only.
/// </param>
public readonly record struct CompareAndSetResult(RegisterOutcome Outcome, ClusterTopology? Decided = null);
