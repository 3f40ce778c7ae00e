using KvCluster.Core.Replication;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;
using KvCluster.Tests.Linearizability;

namespace KvCluster.Tests.Simulation;

/// <summary>
/// A whole cluster on one thread: real cores and command executors over simulated disks, links, clocks and processes. Everything that
/// happens follows from the seed. First faults happen for a while, then all of them end and the cluster has to come back to full health.
/// </summary>
internal sealed class SimWorld
{
    private readonly EventQueue _events = new();
    private readonly SimRandom _preemption;

    public SimWorld(WorldPlan plan, int traceLines = 400)
    {
        (Plan, Random, Trace) = (plan, new SimRandom(plan.Seed), new SimTrace(traceLines));
        _preemption = Random.Fork();
        Master = plan.HasRealMasters ? new RealMasters(this) : new PerfectMaster(this, plan.Nodes, plan.Mode);
        Nodes = [.. Enumerable.Range(1, plan.Nodes).Select(number => new SimNode(this, $"n{number}"))];
        foreach (var node in Nodes) node.Servers.AddRange([NewServer(node, (Nodes.IndexOf(node) * 2) + 0), NewServer(node, (Nodes.IndexOf(node) * 2) + 1)]);
        Servers = [.. Nodes.SelectMany(node => node.Servers)];
        Network = new SimNetwork(this, Servers.Count, (plan.Nodes * plan.ClientsPerNode) + 1);
        Workload = new Workload(this);
        Keys = [.. Enumerable.Range(0, plan.Nodes * plan.KeysPerNode).Select(number => NewKey(number))];
    }

    public WorldPlan Plan { get; }
    public SimRandom Random { get; }
    public SimTrace Trace { get; }
    public Sightings Sightings { get; } = new();
    public List<SimNode> Nodes { get; }
    public IReadOnlyList<SimServer> Servers { get; }
    public SimNetwork Network { get; }
    public ISimMaster Master { get; }
    public Workload Workload { get; }
    public IReadOnlyList<SimKey> Keys { get; }
    public List<SimClient> Clients { get; } = [];
    public List<Operation> History { get; } = [];

    /// <summary>Real time in microseconds, which nobody inside the world knows.</summary>
    public long Now { get; private set; }
    public long EventCount { get; private set; }

    /// <summary>No faults: the cluster is being founded, or has to recover.</summary>
    public bool IsHealed { get; private set; } = true;

    /// <summary>A thread loses the processor here.</summary>
    public bool IsPreempted =>
        !IsHealed && Plan.Faults.HasFlag(FaultKind.Preemption) && _preemption.Below(100_000) < Plan.PreemptionPerHundredThousand;

    /// <summary>An applier takes its time now: a large batch, a compaction below it.</summary>
    public bool IsApplierSlow => !IsHealed && Plan.Faults.HasFlag(FaultKind.SlowApplier) && _preemption.Chance(20);

    /// <summary>A delicate moment: now and then the process ends within the next one, because chance alone would hardly ever strike there.</summary>
    public void Tempt(SimServer server)
    {
        if (IsHealed || !Plan.Faults.HasFlag(FaultKind.Kills) || server.Node.HasOldDiskUnseen || !Random.Chance(200)) return;
        Schedule(Random.Between(0, Plan.Options.BeaconMicroseconds / 4), () =>
        {
            if (server.Node.HasOldDiskUnseen) return;
            server.Kill();
            Schedule(Random.Between(1, Plan.Options.BeaconMicroseconds), server.Start);
        });
    }

    /// <summary>A snapshot is about to take a log's place: now and then an operator promotes that server just then.</summary>
    public void TemptOperator(SimServer server)
    {
        if (!IsHealed && Random.Chance(300)) Schedule(Random.Between(1, Plan.SyncOf(server.Number)), () => ForcePromotion(server));
    }

    /// <summary>The operator's word, given when the only server in sync is dead; it comes back some time after.</summary>
    public void ForcePromotion(SimServer server)
    {
        if (IsHealed || !Plan.Faults.HasFlag(FaultKind.ForcedPromotions) || !server.IsUp || server.Id is not { } id) return;
        if (server.Node.Truth is not { } truth || truth.InSync.Contains(id) || truth.Find(id) is null) return;
        var main = server.Node.OtherThan(server);
        main.Kill();
        Master.ForcePromotion(truth, id);
        Schedule(Random.Between(1, Plan.Options.GraceMicroseconds * 2), main.Start);
    }

    /// <summary>The process of a server runs, as somebody sees who looks at the machine.</summary>
    public bool IsUp(ServerId id) => Servers.Any(server => server.IsUp && server.Id == id);

    /// <summary>Another topology was decided; <paramref name="before"/> was the newest until now.</summary>
    public void OnRegisterChanged(ClusterTopology before)
    {
        foreach (var node in Nodes)
            if (node.Truth is { } truth) node.Oracle.OnRegisterChanged(before.Find(truth.Id), truth);
    }

    public IReadOnlyList<int> ClientSites => [.. Enumerable.Range(0, Clients.Count).Select(number => SimTraceWho.Client + number)];

    /// <summary>The rule is broken in this world; some rules are the shell's, which the world stands for.</summary>
    public bool Has(PlantedBugs bug) => (Plan.Bugs & bug) != 0;

    public void Schedule(long microseconds, Action happen) => _events.Add(Now + microseconds, happen);
    public void At(long moment, Action happen) => _events.Add(Math.Max(Now, moment), happen);

    public void Run()
    {
        Master.Begin();
        foreach (var server in Servers) server.Start();
        RunUntil(Plan.Options.BeaconMicroseconds * (Plan.HasRealMasters ? 600 : 200), () => IsComplete() && Master.IsWhole, "every server to register and join");
        for (var number = 0; number < Plan.Nodes * Plan.ClientsPerNode; number++) Clients.Add(new SimClient(this, number, KeysOf(number)));
        foreach (var client in Clients) client.Begin();
        IsHealed = false;
        new Nemesis(this).Begin();
        RunFor(Plan.Options.BeaconMicroseconds * Plan.FaultBeacons);
        new Recovery(this).Run();
    }

    public void Heal()
    {
        IsHealed = true;
        Trace.Add(Now, SimTraceWho.World, TraceKind.Healed);
        Network.HealAll();
        Master.Heal();
        foreach (var server in Servers)
        {
            server.TryPutNewestBack();
            server.Disk.SyncMicroseconds = Math.Min(Plan.SyncOf(server.Number), Plan.Options.BeaconMicroseconds / 10);
            server.Disk.Trouble = DiskTrouble.None;
            server.Process?.Resume();
            if (server.Process is { HasFailed: true }) server.LosePower();
            server.Start();
            Network.Disconnect(server);
        }
    }

    public void RunFor(long microseconds)
    {
        var end = Now + microseconds;
        while (_events.Count > 0 && _events.NextAt <= end) Happen();
        Now = end;
    }

    /// <summary>Runs until something holds, and calls it a failure of liveness when that takes longer than it may.</summary>
    public void RunUntil(long microsecondsMax, Func<bool> holds, string waitedFor)
    {
        var end = Now + microsecondsMax;
        for (var checkAt = Now; !holds(); checkAt = Now + (Plan.Options.BeaconMicroseconds / 2))
        {
            if (Now >= end) throw new InvariantViolation("liveness", $"After {microsecondsMax} microseconds without faults this has not come true: {waitedFor}.");
            RunFor(Math.Max(1, Math.Min(end, checkAt + (Plan.Options.BeaconMicroseconds / 2)) - Now));
        }
    }

    /// <summary>Every node has a serving main and a replica in sync.</summary>
    public bool IsComplete()
    {
        foreach (var node in Nodes)
        {
            if (node.Truth is not { } truth || truth.InSync.Length < node.Servers.Count || truth.Slots.IsEmpty) return false;
            if (node.Main?.Process is not { IsAlive: true, Core.Core: { Role: ReplicaRole.Main } core } main || core.Configuration!.Epoch != truth.Epoch) return false;
            if (!main.Executor.Slots.IsOwn(new Protocol.Slots.Slot(truth.Slots[0].First))) return false;
        }

        return true;
    }

    /// <summary>The newest revision that a node's servers have applied, as an answer's date would tell.</summary>
    public Revision NewestRevisionOf(NodeId id)
    {
        var newest = Revision.None;
        foreach (var node in Nodes)
        {
            if (node.Truth?.Id != id) continue;
            foreach (var server in node.Servers)
                if (server.Process is { IsAlive: true } process) newest = Revision.Max(newest, process.Executor.AppliedRevision);
        }

        return newest;
    }

    /// <summary>A key with a time to live may vanish by itself: an operation of nobody that may happen once from a certain moment on.</summary>
    public Operation ExpiryOf(ClientCall call)
    {
        var least = Plan.Faults.HasFlag(FaultKind.WallJumps) ? 0 : (call.TimeToLiveMilliseconds - 1) * 1_000;
        return new Operation
        {
            Key = call.Key.Name,
            Client = -1,
            Kind = OperationKind.RunOut,
            InvokedAt = call.InvokedAt + least,
            ReturnedAt = Operation.Never,
            Argument = call.Lifetime,
        };
    }

    private void Happen()
    {
        var (at, happen) = _events.Take();
        Now = at;
        if (++EventCount > Plan.EventsMax)
            throw new InvariantViolation("endless", $"{Plan.EventsMax} events have passed: servers that keep each other busy for ever, or a clock that stands still.");
        happen();
    }

    private SimServer NewServer(SimNode node, int number)
    {
        var rate = Plan.Faults.HasFlag(FaultKind.ClockRates) ? Random.Between(900_000, 1_100_000) : 1_000_000;
        var server = new SimServer(this, node, number, new SimClock(rate, Random.Between(1_000_000, 1_000_000_000)));
        server.Disk.SyncMicroseconds = Plan.SyncOf(number);
        return server;
    }

    private static SimKey NewKey(int number) => (number % 4) switch
    {
        1 => new SimKey($"counter-{number}", KeyKind.Counter),
        2 => new SimKey($"{{pair-{number}}}", KeyKind.Pair),
        3 => new SimKey($"document-{number}", KeyKind.Document),
        _ => new SimKey($"register-{number}", KeyKind.Register),
    };

    // Few writers per key: many at once on one key make a history that takes for ever to judge.
    private IReadOnlyList<SimKey> KeysOf(int client) => [.. Keys.Where((_, number) => (number + client) % 2 == 0 || Keys.Count < 3)];
}
