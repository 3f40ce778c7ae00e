using System.Collections.Immutable;
using System.Net;
using System.Text;
using KvCluster.Core.Commands;
using KvCluster.Core.Execution;
using KvCluster.Core.Log;
using KvCluster.Core.Replication;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Node.Control;
using KvCluster.Node.Endpoints;
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
    private readonly ReadPermit _permit = new();
    private long _index;
    private long _confirmations;

    private RespRig(WebApplication application) => _application = application;

    public int Port { get; private set; }

    /// <summary>The same store over HTTP.</summary>
    public HttpClient Http { get; private set; } = null!;

    /// <summary>The storage of this server has failed.</summary>
    public bool IsFailed { get; set; }

    /// <summary>Reads that asked whether this server is still main; all are told that it is.</summary>
    public long Confirmations => Interlocked.Read(ref _confirmations);

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
        RespPort.Listen(builder, IPAddress.Loopback, 0);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var holder = new TopologyHolder { Self = new ServerId(1) };
        builder.Services.AddSingleton(new KvNodeOptions { ValueBytesMax = ValueBytesMax }).AddSingleton(holder).AddSingleton<ReplicatedStore>().AddSingleton<RespHub>();
        RespRig? rig = null;
        builder.Services.AddSingleton(provider => ActivatorUtilities.CreateInstance<RespServer>(provider, new Func<ServerStatus>(() => rig!.Status)));
        builder.Services.AddKeyValueEndpoints();
        rig = new RespRig(builder.Build());
        rig._application.UseKeyValueTargets();
        rig._application.UseRouting();
        rig._application.MapKeyValues();
        await rig._application.StartAsync(TestContext.Current.CancellationToken);
        var addresses = rig._application.Urls.Select(url => new Uri(url)).ToArray();
        rig.Port = addresses[0].Port;
        rig.Http = new HttpClient { BaseAddress = addresses[1] };
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

    /// <summary>This server's node has another main from now on, and this server follows it.</summary>
    public void BecomeReplica() => TakeRole(new ServerId(2), 0);

    /// <summary>This server is the main, with a lease that has run out: it has to ask before it reads.</summary>
    public void BecomeMainWithoutLease() => TakeRole(new ServerId(1), 1);

    /// <summary>The slots of the upper half have no node.</summary>
    public void LoseOtherNode() => Holder.TryAdopt(Holder.Current! with { Version = Holder.Current.Version + 1, Nodes = [Holder.Current.Nodes[0]] });

    private void TakeRole(ServerId main, long leaseUntil)
    {
        _permit.Publish(leaseUntil, 0);
        var other = Node(2, OtherNode, new SlotRange(0, Slot.Count - 1)).Servers[0];
        var node = Holder.Current!.Nodes[0];
        var servers = node.Servers.Length == 1 ? node.Servers.Add(other) : node.Servers;
        var next = node with { Epoch = node.Epoch.Next, Main = main, InSync = [new ServerId(1), new ServerId(2)], Servers = servers };
        Holder.TryAdopt(Holder.Current with { Version = Holder.Current.Version + 1, Nodes = Holder.Current.Nodes.SetItem(0, next) });
    }

    public byte[] ValueOf(string key) => _executor.TryRead(_state, Encoding.UTF8.GetBytes(key))!.Bytes.ToArray();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _application.DisposeAsync();
    }

    private void Open(bool ownsAllSlots)
    {
        _executor.Load(_state);
        Apply(EntryKind.Control, CommandCodec.Encode(new SlotAdopt([new SlotRange(0, ownsAllSlots ? (ushort)(Slot.Count - 1) : (ushort)8_191)], 1)));
        _permit.Publish(long.MaxValue, 0);
        _application.Services.GetRequiredService<ReplicatedStore>().Open(new StoreBackend(_executor, _state, _permit, _waiting, Post, () => Holder.OwnNode?.Main == Holder.Self, () => IsFailed, _ => { }));
    }

    private bool Post(ReplicationInput input)
    {
        if (input is ReadConfirmationRequested confirmation)
        {
            Interlocked.Increment(ref _confirmations);
            _waiting.Complete(confirmation.Token, WriteResult.Refused(Refusal.None));
            return true;
        }

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
