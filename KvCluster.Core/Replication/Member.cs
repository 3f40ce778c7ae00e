using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication;

/// <summary>One run of one server of the node.</summary>
public readonly record struct Member(ServerId Id, Incarnation Incarnation);
