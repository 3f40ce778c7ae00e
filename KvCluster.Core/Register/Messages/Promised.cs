using KvCluster.Protocol.Topology;

namespace KvCluster.Core.Register.Messages;

/// <summary>The promise, with what this voter accepted.</summary>
public sealed record Promised(Ballot Ballot, Ballot Accepted, ClusterTopology Document) : RegisterAnswer;
