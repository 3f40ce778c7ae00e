using KvCluster.Protocol.Topology;

namespace KvCluster.Core.Register;

/// <summary>What a voter holds of one generation. A voter without this is blank there: it has promised and accepted nothing.</summary>
public sealed record VoterRegister(long Generation, Ballot Promised, Ballot Accepted, ClusterTopology Document);
