using KvCluster.Core.Replication;
using KvCluster.Core.Replication.Effects;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Core.Replication.Messages;

namespace KvCluster.Tests.Simulation;

/// <summary>
/// The links between servers, master and clients. As TCP they keep their order and lose something only together with the connection;
/// with loss, duplication or reordering switched on they keep no promise at all.
/// </summary>
internal sealed class SimNetwork
{
    private const int Channels = 4;
    private readonly SimWorld _world;
    private readonly SimRandom _random;
    private readonly int _sites;
    private readonly long[] _cutUntil;
    private readonly long[] _clogUntil;
    private readonly long[] _lastAt;

    public SimNetwork(SimWorld world, int servers, int clients)
    {
        (_world, _random, _sites) = (world, world.Random.Fork(), servers + 1 + clients);
        (_cutUntil, _clogUntil, _lastAt) = (new long[_sites * _sites], new long[_sites * _sites], new long[_sites * _sites * Channels]);
        Servers = servers;
    }

    private int Servers { get; }

    public void Cut(int from, int to, long until) => _cutUntil[Link(from, to)] = until;
    public void Clog(int from, int to, long until) => _clogUntil[Link(from, to)] = until;
    public bool IsCut(int from, int to) => _world.Now < _cutUntil[Link(from, to)];

    public void HealAll()
    {
        Array.Clear(_cutUntil);
        Array.Clear(_clogUntil);
    }

    /// <returns>False when the message is lost.</returns>
    public bool Send(int from, int to, NetworkChannel channel, Action deliver)
    {
        var link = Link(from, to);
        var plan = _world.Plan;
        if (_world.Now < _cutUntil[link] || (IsLossy(channel) && _random.Chance(plan.LossPerThousand))) return false;
        var at = _world.Now + _random.Around(_world.IsHealed ? plan.HealedLinkMicroseconds : plan.LinkMicroseconds);
        if (channel is NetworkChannel.Requests or NetworkChannel.Control && IsLossy(channel) && _random.Chance(20)) at += _random.Between(0, plan.Options.BeaconMicroseconds * 30);
        var isUnordered = IsUnordered(channel);
        if (_clogUntil[link] > _world.Now) at = Math.Max(at, _clogUntil[link] + (isUnordered ? at - _world.Now : 0));
        var place = (link * Channels) + (int)channel;
        if (!isUnordered) at = Math.Max(at, _lastAt[place] + 1);
        _lastAt[place] = Math.Max(at, _lastAt[place]);
        _world.At(at, deliver);
        if (IsDoubling(channel) && _random.Chance(plan.DuplicatesPerThousand)) _world.At(at + LagOfDouble(), deliver);
        return true;
    }

    // Most doubles follow close behind, some come when everything has changed.
    private long LagOfDouble() => _random.Chance(200)
        ? _random.Between(0, _world.Plan.Options.GraceMicroseconds * 4)
        : _random.Around(_world.Plan.LinkMicroseconds * 8);

    public void SendToPeer(SimProcess sender, SendEffect send)
    {
        var from = sender.Server;
        _world.Trace.Add(_world.Now, from.Number, TraceKind.Sent, send.To.Id.Value, send.Message.Epoch.Value, send.Message);
        if (send.Message is EpochRefused) _world.Sightings.Note(Sighting.OldEpochRefused);
        if (from.Node.Find(send.To.Id) is not { } to || to == from) return;
        var self = sender.Self!.Value;
        var channel = send.Message is Beacon or BeaconAck or FreshnessAnswer or LeaseReleased or EpochRefused or LogProbe ? NetworkChannel.Beacons : NetworkChannel.Entries;
        Send(from.Number, to.Number, channel, () =>
        {
            // The socket belongs to one run at either end.
            if (to.Process is not { IsAlive: true } receiver) return;
            if (receiver.Self != send.To && !IsTakenByNextRun(receiver, send))
            {
                _world.Sightings.Note(Sighting.MessageForAnOldRun);
                return;
            }

            receiver.Run(() => receiver.Core!.Post(new MessageReceived(self, send.Message)));
        });
    }

    private bool IsTakenByNextRun(SimProcess receiver, SendEffect send) =>
        _world.Has(PlantedBugs.AcksOfOldEpochCount) && send.Message is AppendAck && receiver.Self?.Id == send.To.Id;

    /// <summary>The connections of a server with its peer break; both notice sooner or later.</summary>
    public void Disconnect(SimServer server)
    {
        foreach (var end in (ReadOnlySpan<SimServer>)[server, server.Node.OtherThan(server)])
        {
            var noticed = end;
            _world.Schedule(_random.Around(_world.Plan.LinkMicroseconds * 2), () =>
            {
                if (noticed.Process is { IsAlive: true, Core: { } core } process) process.Run(() => core.Post(new PeerDisconnected()));
            });
        }
    }

    public void OnProcessDied(SimServer server) => Disconnect(server);

    private bool IsLossy(NetworkChannel channel) => Has(channel switch
    {
        NetworkChannel.Requests => FaultKind.ClientLoss,
        NetworkChannel.Control => FaultKind.MasterLoss,
        _ => FaultKind.Loss,
    });

    private bool IsDoubling(NetworkChannel channel) => channel != NetworkChannel.Requests && Has(FaultKind.Duplication);
    private bool IsUnordered(NetworkChannel channel) => channel >= NetworkChannel.Requests || Has(FaultKind.Reordering);
    private bool Has(FaultKind fault) => !_world.IsHealed && _world.Plan.Faults.HasFlag(fault);

    private int Link(int from, int to) => (Site(from) * _sites) + Site(to);

    private int Site(int who) => who switch
    {
        SimTraceWho.Master => Servers,
        >= SimTraceWho.Client => Servers + 1 + who - SimTraceWho.Client,
        _ => who,
    };
}
