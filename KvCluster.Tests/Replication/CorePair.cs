using KvCluster.Core.Log;
using KvCluster.Core.Replication;
using KvCluster.Core.Replication.Effects;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Replication;

/// <summary>
/// Two cores, a link and a master that answer at once, and a clock that moves only when told: the smallest world in which a rule can be seen.
/// </summary>
internal sealed class CorePair
{
    public static readonly ReplicationOptions Options = ReplicationOptions.FromBeacon(100);
    private readonly Dictionary<int, CoreServer> _servers = [];
    private long _version = 1;

    private readonly ReplicationOptions _options;

    public CorePair(WriteMode mode = WriteMode.InSync, ReplicationOptions? options = null)
    {
        _options = options ?? Options;
        Configuration = new NodeConfiguration(new NodeId(1), 0, new Epoch(1), new ServerId(1), [new ServerId(1)], [Member(1, 1)], mode, (0, 1));
        Add(1);
        Publish(1);
        Run();
    }

    public NodeConfiguration Configuration { get; private set; }
    public long Micros { get; private set; } = 1_000_000;
    public bool IsLinkUp { get; set; } = true;
    public bool IsMasterUp { get; set; } = true;

    /// <summary>Which messages get lost.</summary>
    public Func<SendEffect, bool> Loses { get; set; } = _ => false;
    public List<ConfigurationChange> Asked { get; } = [];
    public CoreServer this[int id] => _servers[id];

    public static Member Member(int id, int run) => new(new ServerId(id), new Incarnation(run));

    public CoreServer Add(int id) => _servers[id] = new CoreServer(Member(id, 1), _options);

    /// <summary>Registers a second server with the node; it begins as a learner.</summary>
    public void AddReplica()
    {
        Add(2);
        Change(Configuration with { Members = [.. Configuration.Members, Member(2, 1)] });
        Run();
    }

    /// <summary>A pair that is in sync.</summary>
    public static CorePair InSync(WriteMode mode = WriteMode.InSync, ReplicationOptions? options = null)
    {
        var pair = new CorePair(mode, options);
        pair.AddReplica();
        pair.Pass(600);
        Assert.Equal(2, pair.Configuration.InSync.Length);
        Assert.Equal(ReplicaRole.Main, pair[1].Core.Role);
        Assert.Equal(ReplicaRole.Replica, pair[2].Core.Role);
        return pair;
    }

    public void Change(NodeConfiguration next)
    {
        Configuration = next with { Version = (next.Lineage, ++_version) };
        foreach (var id in _servers.Keys) Publish(id);
    }

    public void SetMode(WriteMode mode)
    {
        Change(Configuration with { WriteMode = mode });
        Run();
    }

    public void Publish(int id) => _servers[id].Inbox.Enqueue(new ConfigurationChanged(Configuration));

    public void Kill(int id) => _servers[id].IsDown = true;

    /// <summary>A new run of a server over the first entries of its log; the disk may be an old one.</summary>
    /// <param name="applied">How many of them are in the state on the disk.</param>
    public void Restart(int id, int entries, int applied)
    {
        var old = _servers[id];
        var self = Member(id, (int)old.Self.Incarnation.Value + 1);
        _servers[id] = new CoreServer(self, Options, [.. old.Log.Values.Take(entries)], applied);
        Change(Configuration with
        {
            Members = [.. Configuration.Members.Select(member => member.Id == self.Id ? self : member)],
            Epoch = Configuration.Main == self.Id ? Configuration.Epoch.Next : Configuration.Epoch,
        });
    }

    /// <summary>Asks a server for a write and lets everything that follows at once happen.</summary>
    public long Write(int id, string payload = "x")
    {
        var token = _servers[id].NextToken++;
        _servers[id].Inbox.Enqueue(new WriteRequested(token, EntryKind.Command, System.Text.Encoding.UTF8.GetBytes(payload)));
        Run();
        return token;
    }

    /// <summary>Lets time pass in steps of 10 ms.</summary>
    public void Pass(int milliseconds)
    {
        for (var i = 0; i < milliseconds; i += 10)
        {
            Micros += 10_000;
            foreach (var server in _servers.Values) server.Sync();
            foreach (var server in _servers.Values) server.Inbox.Enqueue(new TimePassed());
            Run();
        }
    }

    public void Run()
    {
        for (var again = true; again;)
        {
            again = false;
            foreach (var server in _servers.Values.ToArray())
            {
                if (server.IsDown) server.Inbox.Clear();
                if (server.Inbox.Count == 0) continue;
                again = true;
                foreach (var effect in server.StepAll(new Now(Micros, Micros / 1_000))) Carry(server, effect);
            }
        }
    }

    private void Carry(CoreServer from, ReplicationEffect effect)
    {
        if (effect is SendEffect send && IsLinkUp && !Loses(send) && _servers.TryGetValue(send.To.Id.Value, out var to) && to.Self == send.To)
            to.Inbox.Enqueue(new MessageReceived(from.Self, send.Message));
        else if (effect is ProposeEffect propose && IsMasterUp) Decide(propose.Change);
        else if (effect is RefreshTopologyEffect && IsMasterUp) Publish(from.Self.Id.Value);
    }

    private void Decide(ConfigurationChange change)
    {
        Asked.Add(change);
        if (change.ExpectedEpoch != Configuration.Epoch || Configuration.Find(change.Server)?.Incarnation != change.Incarnation) return;
        Change(Configuration with { Epoch = Configuration.Epoch.Next, Main = change.Main, InSync = change.InSync });
    }
}
