using KvCluster.Protocol.Topology;

namespace KvCluster.Core.Register.Messages;

/// <summary>What this voter accepted, in answer to a query.</summary>
public sealed record Shown(Ballot Accepted, ClusterTopology Document) : RegisterAnswer;
