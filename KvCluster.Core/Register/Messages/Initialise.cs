using KvCluster.Protocol.Topology;

namespace KvCluster.Core.Register.Messages;

/// <summary>Gives a blank voter the document with which the addressed generation begins: the decided closing value of the one before.</summary>
public sealed record Initialise(RegisterAddress To, ClusterTopology Document) : RegisterRequest(To);
