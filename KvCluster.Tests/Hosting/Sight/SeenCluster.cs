using System.Collections.Immutable;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Slots;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Hosting.Sight;

/// <summary>Status of a cluster of one node, as its servers would tell it.</summary>
internal static class SeenCluster
{
    public static readonly ServerId Main = new(1);
    public static readonly ServerId Replica = new(2);

    public static ClusterStatus Pair(ServerState main, ServerState replica, bool replicaInSync, bool allServed = true) =>
        Status([Info(Main, "a"), Info(Replica, "b")], replicaInSync ? [Main, Replica] : [Main], [Report(Main, "a", main), Report(Replica, "b", replica)], allServed);

    public static ClusterStatus Single(ServerState main, bool allServed = true) =>
        Status([Info(Main, "a")], [Main], [Report(Main, "a", main)], allServed);

    public static ServerStatus Report(ServerId id, string name, ServerState state) => new() { Name = name, State = state, Server = id };

    private static ClusterStatus Status(ImmutableArray<ServerInfo> servers, ImmutableArray<ServerId> inSync, ImmutableArray<ServerStatus> reports, bool allServed)
    {
        var node = new NodeInfo
        {
            Id = new NodeId(1),
            Name = "n",
            Epoch = new Epoch(1),
            Main = Main,
            InSync = inSync,
            Servers = servers,
            Slots = [.. SlotRange.Split(1)],
        };
        var topology = new ClusterTopology { ClusterId = new ClusterId(Guid.Empty), Version = 1, Nodes = [node], Master = Main };
        return new ClusterStatus(topology, allServed, reports);
    }

    private static ServerInfo Info(ServerId id, string name) => new()
    {
        Id = id,
        StoreId = new StoreId(Guid.Empty),
        Incarnation = new Incarnation(1),
        Name = name,
        Http = new Uri("http://127.0.0.1:1"),
        Peer = "127.0.0.1:2",
    };
}
