using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Commands;

/// <summary>Forgets the outcomes of requests up to a moment; requests whose stamp is not above it are refused from then on.</summary>
/// <remarks>Guard: the horizon grows. Without it a forgotten record would make its retry look like a new request.</remarks>
/// <param name="IsEarly">Raised because there are too many records, not because their time is over: opaque ids are spared, whose repeats nothing else would refuse.</param>
public sealed record DedupHorizon(Revision Horizon, bool IsEarly = false) : ControlRecord;
