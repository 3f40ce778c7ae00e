using System.Collections.Immutable;
using System.Net;
using System.Text;
using KvCluster.Core.Commands;
using KvCluster.Core.Log;
using KvCluster.Core.Replication;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Node.Control;
using KvCluster.Node.Options;
using KvCluster.Node.Resp;
using KvCluster.Node.Store;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Slots;
using KvCluster.Protocol.Topology;
using KvCluster.Tests.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KvCluster.Tests.Resp;

/// <summary>The real Redis port on Kestrel and a free port, over a store whose log is applied at once in memory.</summary>
internal sealed class RespRig : IAsyncDisposable
{
    public const int ValueBytesMax = 64 * 1024;
    public const string OtherNode = "127.0.0.1:9";
    private readonly Lock _lock = new();
    private readonly MemoryState _state = new();
    private readonly CommandExecutor _executor = new();
    private readonly WaitingRequests _waiting = new();
    private readonly WebApplication _application;
    private long _index;

    private RespRig(WebApplication application) => _application = application;

    public int Port { get; private set; }

    /// <summary>What the store answers instead of executing; none executes.</summary>
    public Refusal Refusal { get; set; }

    /// <summary>What the server says of itself.</summary>
    public ServerStatus Status { get; set; } = new() { Name = "rig", State = ServerState.Main };

    /// <summary>Copies of a write when it is acknowledged.</summary>
    public int Copies { get; set; } = 2;

    /// <summary>How many entries were appended.</summary>
    public long Entries => Interlocked.Read(ref _index) - 1;

    public TopologyHolder Holder => _application.Services.GetRequiredService<TopologyHolder>();
    public RespServer Server => _application.Services.GetRequiredService<RespServer>();

    /// <param name="announced">Where clients are told that the server is; none: where it listens.</param>
    public static async Task<RespRig> StartAsync(bool ownsAllSlots = true, string? announced = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseConnectionHandler<RespConnectionHandler>()));
        var holder = new TopologyHolder { Self = new ServerId(1) };
        builder.Services.AddSingleton(new KvNodeOptions { ValueBytesMax = ValueBytesMax }).AddSingleton(holder).AddSingleton<ReplicatedStore>().AddSingleton<RespHub>();
        RespRig? rig = null;
        builder.Services.AddSingleton(provider => ActivatorUtilities.CreateInstance<RespServer>(provider, new Func<ServerStatus>(() => rig!.Status)));
        rig = new RespRig(builder.Build());
        await rig._application.StartAsync(TestContext.Current.CancellationToken);
        rig.Port = new Uri(rig._application.Urls.Single()).Port;
        holder.TryAdopt(Topology(announced ?? $"127.0.0.1:{rig.Port}", ownsAllSlots));
        rig.Open(ownsAllSlots);
        return rig;
    }

    public Task<RespTestClient> ConnectAsync() => RespTestClient.ConnectAsync(Port);

    /// <summary>Another server of the other node is main now.</summary>
    public void ChangeMain() => Holder.TryAdopt(Topology($"127.0.0.1:{Port}", false) with { Version = Holder.Current!.Version + 1, Nodes = [Holder.Current.Nodes[0], Node(7, "127.0.0.1:10", new SlotRange(8_192, Slot.Count - 1))] });

    /// <summary>Its node has a second server now.</summary>
    public void AddReplica(bool isInSync)
    {
        var topology = Holder.Current!;
        var node = topology.Nodes[0];
        var replica = Node(8, "127.0.0.1:11", new SlotRange(0, 0)).Servers[0];
        var grown = node with { Servers = [node.Servers[0], replica], InSync = isInSync ? [node.Main, replica.Id] : [node.Main] };
        Holder.TryAdopt(topology with { Version = topology.Version + 1, Nodes = topology.Nodes.SetItem(0, grown) });
    }

    public byte[] ValueOf(string key) => _executor.TryRead(_state, Encoding.UTF8.GetBytes(key))!.Bytes.ToArray();

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private void Open(bool ownsAllSlots)
    {
        _executor.Load(_state);
        Apply(EntryKind.Control, CommandCodec.Encode(new SlotAdopt([new SlotRange(0, ownsAllSlots ? (ushort)(Slot.Count - 1) : (ushort)8_191)], 1)));
        var permit = new ReadPermit();
        permit.Publish(long.MaxValue, 0);
        _application.Services.GetRequiredService<ReplicatedStore>().Open(new StoreBackend(_executor, _state, permit, _waiting, Post, () => true, () => false, _ => { }));
    }

    private bool Post(ReplicationInput input)
    {
        var write = (WriteRequested)input;
        var result = Refusal == Refusal.None ? new WriteResult(Refusal.None, Apply(write.Kind, write.Payload), Copies) : WriteResult.Refused(Refusal);
        _waiting.Complete(write.Token, result);
        return true;
    }

    private Outcome Apply(EntryKind kind, ReadOnlyMemory<byte> payload)
    {
        lock (_lock)
        {
            var batch = _state.Begin();
            var revision = Revision.After(_executor.AppliedRevision, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
            var outcome = _executor.Apply(new LogEntry(new Epoch(1), new LogIndex(Interlocked.Increment(ref _index)), revision, kind, payload), batch);
            _executor.EndBatch(batch);
            _state.Commit(batch);
            _executor.Publish();
            return outcome;
        }
    }

    private static ClusterTopology Topology(string resp, bool ownsAllSlots) => new()
    {
        ClusterId = new ClusterId(Guid.Parse("7d1c3f5e-0000-4000-8000-000000000001")),
        Version = 3,
        Nodes = ownsAllSlots
            ? [Node(1, resp, new SlotRange(0, Slot.Count - 1))]
            : [Node(1, resp, new SlotRange(0, 8_191)), Node(2, OtherNode, new SlotRange(8_192, Slot.Count - 1))],
    };

    private static NodeInfo Node(int id, string resp, SlotRange slots) => new()
    {
        Id = new NodeId(Math.Min(id, 2)),
        Name = $"node-{id}",
        Epoch = new Epoch(1),
        Main = new ServerId(id),
        InSync = [new ServerId(id)],
        Slots = ImmutableArray.Create(slots),
        Servers =
        [
            new ServerInfo
            {
                Id = new ServerId(id), StoreId = new StoreId(new Guid(id, 0, 0, new byte[8])), Incarnation = new Incarnation(1), Name = $"server-{id}",
                Http = new Uri("http://127.0.0.1:8"), Peer = "127.0.0.1:1", Resp = resp,
            },
        ],
    };
}
