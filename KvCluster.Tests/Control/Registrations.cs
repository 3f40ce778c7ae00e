using System.Globalization;
using KvCluster.Core.Master;
using KvCluster.Core.Register;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Control;

/// <summary>Registrations as servers send them.</summary>
internal static class Registrations
{
    public static readonly ClusterId Cluster = new(Guid.Parse("11111111-1111-1111-1111-111111111111"));

    /// <summary>Server <paramref name="number"/> in a run of its own.</summary>
    public static RegistrationRequest Of(int number, string? node = null, PreferredRole role = PreferredRole.Any) => new()
    {
        StoreId = new StoreId(new Guid(number, 0, 0, new byte[8])),
        Name = string.Create(CultureInfo.InvariantCulture, $"server-{number}"),
        Node = node,
        PreferredRole = role,
        Http = new Uri($"http://10.0.0.{number % 250}:{8_000 + number}"),
        Peer = string.Create(CultureInfo.InvariantCulture, $"10.0.0.{number % 250}:{9_000 + number}"),
        RunId = Guid.NewGuid(),
    };

    /// <summary>A cluster of one server, number 1.</summary>
    public static ClusterTopology Bootstrap(int initialNodes = 1) =>
        Registration.Bootstrap(Cluster, new ClusterSettings { InitialNodes = initialNodes }, Of(1, "a", PreferredRole.Main));

    /// <summary>The topology after a registration that must be granted, stamped as the master stamps it.</summary>
    public static ClusterTopology Granted(this ClusterTopology topology, RegistrationRequest request)
    {
        var decision = Registration.Register(topology, request);
        Assert.False(decision.IsRefused, decision.Detail);
        return decision.Next!.Stamp(topology, request.RunId);
    }

    public static ClusterTopology Granted(this ClusterTopology topology, ConfigurationChange change)
    {
        var decision = NodeConfigurations.Change(topology, change);
        Assert.False(decision.IsRefused, decision.Detail);
        return decision.Next!.Stamp(topology, change.RequestId);
    }

    /// <summary>Node a with servers 1 and 2, both in sync.</summary>
    public static ClusterTopology Pair()
    {
        var topology = Bootstrap().Granted(Of(2, "a", PreferredRole.Replica));
        var node = topology.Nodes[0];
        return topology.Granted(Change(topology, ConfigurationChangeKind.Grow, node.Main, node.Main, [node.Main, node.ReplicaServer!.Id]));
    }

    /// <summary>A change of the first node in its present epoch, asked for by the present run of a server.</summary>
    public static ConfigurationChange Change(ClusterTopology topology, ConfigurationChangeKind kind, ServerId by, ServerId main, ServerId[] inSync)
    {
        var node = topology.Nodes[0];
        return new ConfigurationChange
        {
            RequestId = Guid.NewGuid(),
            Node = node.Id,
            Server = by,
            Incarnation = node.Find(by)?.Incarnation ?? default,
            ExpectedEpoch = node.Epoch,
            Kind = kind,
            Main = main,
            InSync = [.. inSync],
            PeerIncarnation = node.Servers.FirstOrDefault(server => server.Id != by)?.Incarnation ?? default,
        };
    }
}
