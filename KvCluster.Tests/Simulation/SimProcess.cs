using KvCluster.Core.Execution;
using KvCluster.Core.Replication;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Simulation;

/// <summary>
/// One run of a server's process: registers, then runs the real core and the real command executor on simulated threads. It dies
/// or stands still between any two events of its own.
/// </summary>
internal sealed class SimProcess(SimWorld world, SimServer server)
{
    private readonly Guid _run = world.Random.NextGuid();
    private readonly List<Action> _held = [];

    public SimWorld World => world;
    public SimServer Server => server;
    public SimDisk Disk => server.Disk;
    public bool IsAlive { get; private set; } = true;
    public bool IsPaused { get; private set; }

    /// <summary>The storage failed: nothing is served until the process is started anew.</summary>
    public bool HasFailed { get; private set; }
    public Member? Self { get; private set; }

    /// <summary>What the core was before the step under way.</summary>
    public ReplicaRole RoleBefore { get; set; }
    public Protocol.Identity.LogIndex CommittedBefore { get; set; }
    public ClusterTopology? Topology { get; private set; }

    /// <summary>The newest epoch in which this run asked the master for something.</summary>
    public Protocol.Identity.Epoch ProposedIn { get; set; }
    public CommandExecutor Executor { get; } = new();
    public CoreThread? Core { get; private set; }
    public LogThread? Log { get; private set; }
    public ApplierThread? Applier { get; private set; }
    public FrontEnd FrontEnd => field ??= new FrontEnd(this);
    public Now Now => server.Clock.At(world.Now);

    /// <summary>Its part in deciding on the topology; none where somebody else does it.</summary>
    public SimOffice? Office { get; private set; }

    public void Start()
    {
        Disk.Runs.Add(_run);
        Office = world.Master.OfficeFor(this);
        if (Office is not null) Topology = Disk.Topology;
        Schedule(world.Random.Around(2_000), Register);
    }

    public void Schedule(long microseconds, Action action) => world.Schedule(microseconds, () => Run(action));

    /// <summary>Lets something reach this process: at once, when it goes on after a pause, or never.</summary>
    public void Run(Action action)
    {
        if (!IsAlive) return;
        if (IsPaused) _held.Add(action);
        else action();
    }

    public void Pause()
    {
        IsPaused = true;
        world.Trace.Add(world.Now, server.Number, TraceKind.Paused);
    }

    public void Resume()
    {
        if (!IsAlive || !IsPaused) return;
        IsPaused = false;
        world.Trace.Add(world.Now, server.Number, TraceKind.Resumed, _held.Count);
        var held = _held.ToArray();
        _held.Clear();
        foreach (var action in held) Run(action);
    }

    public void Die()
    {
        IsAlive = false;
        _held.Clear();
        FrontEnd.OnDied();
    }

    public void Fail(string reason)
    {
        if (HasFailed) return;
        HasFailed = true;
        world.Trace.Add(world.Now, server.Number, TraceKind.StorageFailed, detail: reason);
        Core?.Publish(0, 0);
        Core?.Post(new StorageFailed(reason));
        FrontEnd.AbandonAll();
    }

    public void OnTopology(ClusterTopology topology)
    {
        if (Topology is not null && (topology.Lineage, topology.Version).CompareTo((Topology.Lineage, Topology.Version)) <= 0) return;
        Topology = topology;
        if (Self is not { } self) return;
        var node = topology.NodeOf(self.Id);
        if (node?.Find(self.Id) is not { } registered || registered.Incarnation > self.Incarnation)
        {
            Supersede();
            return;
        }

        Core!.Post(new ConfigurationChanged(NodeConfiguration.From(node, topology)));
    }

    // A registration of an earlier run or of a wiped disk came late to the master: this run will never have a role again, the next one will.
    private void Supersede()
    {
        world.Sightings.Note(Sighting.RunSuperseded);
        if (world.Has(PlantedBugs.SupersededRunWaits)) return;
        server.Kill();
        world.Schedule(world.Plan.Options.BeaconMicroseconds, server.Start);
    }

    /// <summary>
    /// The cluster has seen a later state of this store: it is set aside, and the next run begins with an empty one. An only copy stays as it is,
    /// and its server down, until an operator has found the newer one.
    /// </summary>
    public void OnRefused(string code)
    {
        if (Self is not null || code is not (ProblemCode.StoreOutdated or ProblemCode.OnlyCopyOutdated or ProblemCode.ServerRemoved)) return;
        server.Kill();
        if (code == ProblemCode.ServerRemoved)
        {
            world.Sightings.Note(Sighting.RemovedServerRefused);
            world.Schedule(world.Random.Between(1, world.Plan.Options.GraceMicroseconds * 2), server.Readmit);
            return;
        }

        if (code == ProblemCode.StoreOutdated)
        {
            world.Sightings.Note(Sighting.OldDiskRefused);
            server.SetStoreAside();
        }
        else
        {
            world.Sightings.Note(Sighting.OldOnlyCopyRefused);
            if (!server.TryPutNewestBack()) throw new InvariantViolation("only copy", $"{server.Name} is refused as an old only copy, and no newer one was ever taken from it.");
        }

        world.Schedule(world.Plan.Options.BeaconMicroseconds, server.Start);
    }

    private void Register()
    {
        if (Self is not null) return;
        world.Master.AskRegistration(this, server.RequestOf(_run), answer => Run(() => OnRegistered(answer)));
        Schedule(world.Plan.Options.BeaconMicroseconds * 2, Register);
    }

    private void OnRegistered(RegistrationAnswer answer)
    {
        if (Self is not null) return;
        Self = new Member(answer.Server, answer.Incarnation);
        world.Trace.Add(world.Now, server.Number, TraceKind.Registered, answer.Server.Value, answer.Incarnation.Value);
        server.OnRegistered();
        CommittedBefore = Disk.Applied.Index;
        Executor.Load(Disk.Rows);
        var log = Disk.Log;
        var start = new CoreStart(Self.Value, Disk.Lineage, log.Base, log.LastPosition, log.LastRevision, log.EpochStarts(), Disk.Applied.Index);
        Core = new CoreThread(this, new ReplicationCore(start, world.Plan.Options, world.Plan.Bugs));
        Log = new LogThread(this);
        Applier = new ApplierThread(this);
        Core.Begin();
        var news = Topology is { } known && known.Version > answer.Topology.Version ? known : answer.Topology;
        Topology = null;
        OnTopology(news);
        if (!IsAlive) return;
        Office?.OnRegistered(news);
        world.Network.Disconnect(server);
        new Housekeeping(this).Begin();
    }
}
