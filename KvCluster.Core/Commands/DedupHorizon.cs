using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Commands;

/// <summary>Forgets the outcomes of requests up to a moment; requests whose stamp is not above it are refused from then on.</summary>
/// <remarks>Guard: the horizon grows. Without it a forgotten record would make its retry look like a new request.</remarks>
public sealed record DedupHorizon(Revision Horizon) : ControlRecord;
