using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Commands;

/// <summary>Ids of requests up to this revision are forgotten; a request stamped at or below it is refused from now on.</summary>
public sealed record DedupHorizon(Revision Horizon) : ControlRecord;
