using KvCluster.Protocol.Topology;

namespace KvCluster.Core.Register.Effects;

/// <summary>This document is decided in the register of <paramref name="Generation"/>, at this ballot.</summary>
public sealed record DecidedEffect(long Generation, Ballot Ballot, ClusterTopology Document) : ProposerEffect;
