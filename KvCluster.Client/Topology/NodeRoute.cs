using KvCluster.Client.Http;
using KvCluster.Protocol.Identity;

namespace KvCluster.Client.Topology;

/// <summary>Where the keys of one node are to be had, under one configuration of the node.</summary>
internal sealed record NodeRoute(NodeId Id, Epoch Epoch, StoreServer Main, StoreServer? Replica, NodeClock Clock);
