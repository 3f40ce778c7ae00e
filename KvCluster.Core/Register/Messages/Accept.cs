using KvCluster.Protocol.Topology;

namespace KvCluster.Core.Register.Messages;

/// <summary>Asks for a vote; to a blank voter it may be the first word of the generation.</summary>
public sealed record Accept(RegisterAddress To, Ballot Ballot, ClusterTopology Document) : RegisterRequest(To);
