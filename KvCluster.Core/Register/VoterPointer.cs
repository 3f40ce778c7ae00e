using System.Collections.Immutable;
using KvCluster.Protocol.Topology;

namespace KvCluster.Core.Register;

/// <summary>Where the register has gone: what a voter of a closed generation leaves behind instead of a blank (R15).</summary>
public sealed record VoterPointer(long Generation, ImmutableArray<VoterInfo> Voters);
