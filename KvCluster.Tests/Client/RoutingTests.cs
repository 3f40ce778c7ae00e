using System.Text;
using CsCheck;
using KvCluster.Client;
using KvCluster.Client.Http;
using KvCluster.Client.Topology;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Slots;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Client;

public sealed class RoutingTests
{
    /// <summary>Topologies in which each stretch of slots belongs to one of a few nodes, or to nobody.</summary>
    private static readonly Gen<ClusterTopology> GenTopology =
        from cuts in Gen.Int[1, Slot.Count - 1].Array[0, 12]
        from owners in Gen.Int[0, 4].Array[13]
        select Build([0, .. cuts.Distinct().Order(), Slot.Count], owners);

    [Fact]
    public void RouteOf_EverySlot_IsItsOwnerInTheTopology() => GenTopology.Sample(
        topology =>
        {
            using var factory = new StoreHttpClientFactory(new KvClientOptions());
            var table = new RoutingTable(topology, node => new NodeRoute(node.Id, node.Epoch, factory.For(node.MainServer.Http), null, new NodeClock(TimeProvider.System)));
            for (ushort slot = 0; slot < Slot.Count; slot++)
            {
                var route = table.RouteOf(new Slot(slot));
                Assert.Equal(topology.OwnerOf(new Slot(slot))?.Id, route?.Id);
                if (route is not null) Assert.Equal(topology.OwnerOf(new Slot(slot))!.MainServer.Http, route.Main.Address);
            }
        },
        iter: 20);

    [Fact]
    public void Escape_AnyBytes_ComeBackFromTheUrl() => Gen.Byte.Array[1, 200].Sample(bytes =>
    {
        var request = new StoreRequest { Method = HttpMethod.Get, Operation = "get", Target = "/kv/" + KeyEscaper.Escape(bytes) };
        using var message = request.ToMessage(new StoreServer(new Uri("http://host:1")), "replica", null);
        var path = message.RequestUri!.PathAndQuery;
        Assert.EndsWith("?consistency=replica", path, StringComparison.Ordinal);
        var escaped = path["/kv/".Length..path.IndexOf('?', StringComparison.Ordinal)];
        Assert.DoesNotContain('/', escaped);
        Assert.Equal(bytes, Unescape(escaped));
    });

    [Fact]
    public void KvKey_OutOfBounds_IsAnArgumentError()
    {
        Assert.Throws<ArgumentException>(() => new KvKey(""));
        Assert.Throws<ArgumentException>(() => new KvKey(new byte[1025]));
        Assert.Throws<ArgumentException>(() => new KvKey(new string('ä', 513)));
        Assert.ThrowsAny<ArgumentException>(() => new KvKey("\ud800"));
        Assert.Equal(1024, new KvKey(new string('ä', 512)).Bytes.Length);
    }

    private static byte[] Unescape(string text)
    {
        var bytes = new List<byte>();
        for (var place = 0; place < text.Length; place++)
        {
            if (text[place] != '%')
            {
                bytes.AddRange(Encoding.ASCII.GetBytes([text[place]]));
                continue;
            }

            bytes.Add(Convert.FromHexString(text.AsSpan(place + 1, 2))[0]);
            place += 2;
        }

        return [.. bytes];
    }

    private static ClusterTopology Build(int[] borders, int[] owners)
    {
        var stretches = borders.Zip(borders.Skip(1), (first, next) => new SlotRange((ushort)first, (ushort)(next - 1))).ToList();
        var nodes = Enumerable.Range(1, 4).Select(id => new NodeInfo
        {
            Id = new NodeId(id),
            Name = $"n{id}",
            Epoch = new Epoch(1),
            Main = new ServerId(id),
            InSync = [new ServerId(id)],
            Servers = [new ServerInfo { Id = new ServerId(id), StoreId = default, Incarnation = default, Name = $"s{id}", Http = new Uri($"http://host:{id}"), Peer = "" }],
            Slots = [.. stretches.Where((_, place) => owners[place] == id)],
        });
        return new ClusterTopology { ClusterId = default, Version = 1, Nodes = [.. nodes] };
    }
}
