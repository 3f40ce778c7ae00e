using KvCluster.Core.Execution;
using KvCluster.Core.Replication;
using KvCluster.Core.Replication.Effects;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Node.Diagnostics;
using KvCluster.Node.Options;
using KvCluster.Node.Peer;
using KvCluster.Node.Replication;
using KvCluster.Node.Storage;
using KvCluster.Node.Store;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Host;

/// <summary>
/// One run of a data server once the master has named it: joins the core's thread, the log's thread, the applier's thread and the
/// peer link, and carries out the core's effects in their order.
/// </summary>
internal sealed partial class DataServer : IDisposable
{
    private const long CloseMillisecondsMax = 2_000;
    private readonly IServerStorage _storage;
    private readonly CommandExecutor _executor;
    private readonly ReplicationLoop _loop;
    private readonly LogWriter _log;
    private readonly Applier _applier;
    private readonly PeerLink _link;
    private readonly ReadPermit _permit = new();
    private readonly WaitingRequests _waiting;
    private readonly ReplicationMetrics _metrics;
    private readonly RoleWatch _roles;
    private readonly ILogger _logger;
    private readonly IConfigurationPort _configuration;
    private readonly Action<Exception> _stopped;
    private readonly Action<StorageException> _damaged;
    private readonly List<Thread> _threads = [];
    private readonly Member _self;
    private int _onPool;

    public DataServer(DataServerParts parts, Member self, Action<Exception> stopped, Action<StorageException> damaged)
    {
        _damaged = damaged;
        (_storage, _configuration, _self, _stopped) = (parts.Storage, parts.Configuration, self, stopped);
        var options = parts.Options;
        (_waiting, _metrics) = (new WaitingRequests(parts.Metrics.Operations), parts.Metrics.Replication);
        _logger = parts.Loggers.CreateLogger<DataServer>();
        _roles = new RoleWatch(parts.Metrics.Failovers, self.Id, options.Name, parts.Loggers.CreateLogger<RoleWatch>());
        _executor = new CommandExecutor();
        _executor.Load(_storage.State, _storage.StateRows);
        var log = _storage.DescribeLog();
        var applied = _storage.Applied;
        var lineage = _storage.ReadMeta(MetaNames.Lineage) is { } saved ? BitConverter.ToInt32(saved) : 0;
        var start = new CoreStart(
            self, lineage, new LogPosition(log.Base, log.First.Previous), new LogPosition(EpochOf(log, log.Last), log.Last), log.LastRevision, log.EpochStarts, applied);
        var core = new ReplicationCore(start, options.Replication);
        _loop = new ReplicationLoop(core, Execute, _roles.OnChanged, Guard);
        var ports = new ReplicationPorts(
            input => _loop.Post(input), Send, (apply, first, outcomes) => _waiting.CompleteAll(apply.Tokens, first, outcomes, apply.Copies), RestApplier, _metrics);
        _log = new LogWriter(_storage, FsyncPolicy.Parse(options.Fsync), ports);
        _applier = new Applier(_storage, _executor, new LogPosition(EpochOf(log, applied), applied), ports);
        _link = new PeerLink(parts.Port, options.PeerSilenceMax, input => _loop.Post(input), parts.Loggers.CreateLogger<PeerLink>());
    }

    public ReplicationStatus Status => _loop.Status;
    public CommandExecutor Executor => _executor;
    public IServerStorage Storage => _storage;
    public ReadPermit Permit => _permit;
    public WaitingRequests Waiting => _waiting;

    /// <summary>The storage failed: this server serves nothing until it is started anew.</summary>
    public string? FailureReason { get; private set; }

    /// <summary>After <see cref="Dispose"/>: none of its threads uses the storage any more.</summary>
    public bool IsAtRest => _threads.TrueForAll(thread => !thread.IsAlive) && Volatile.Read(ref _onPool) == 0;

    public bool Post(ReplicationInput input) => _loop.Post(input);

    public void Start()
    {
        StartThread("kv-log", _log.Run);
        StartThread("kv-apply", _applier.Run);
        StartThread("kv-core", _loop.Run);
        _link.Start();
    }

    /// <summary>A newer topology: tells the core what it says of this server's node, and the link whom to dial.</summary>
    public void OnTopology(ClusterTopology topology)
    {
        var node = topology.NodeOf(_self.Id);
        if (node?.Find(_self.Id) is { } registered && registered.Incarnation > _self.Incarnation)
        {
            // A registration of an earlier run came late to the master. This run will never have a role again; the next one will.
            _stopped(new InvalidOperationException($"The topology names run {registered.Incarnation} of this server, this is run {_self.Incarnation}."));
            return;
        }

        _loop.Post(new ConfigurationChanged(node is null ? null : NodeConfiguration.From(node, topology)));
        _link.SetPeer(node?.Servers.FirstOrDefault(server => server.Id != _self.Id));
    }

    /// <summary>This server gave its node away and stops: the new main must not count on it again.</summary>
    public void Withdraw() => _link.Withdraw();

    private static Epoch EpochOf(LogDescription log, LogIndex index)
    {
        for (var i = log.EpochStarts.Length - 1; i >= 0; i--)
            if (log.EpochStarts[i].First <= index) return log.EpochStarts[i].Epoch;
        return log.Base;
    }

    private void Execute(ReplicationEffect effect)
    {
        switch (effect)
        {
            case SendEffect { AfterWrite: 0 } send: _link.Send(send); break;
            case SendEffect or PersistEffect or TrimLogEffect or SaveLineageEffect or BeginStagingEffect or StageChunkEffect or InstallSnapshotEffect:
                _log.Post(effect);
                break;
            case ApplyEffect apply: Apply(apply); break;
            case RefuseEffect refuse: _waiting.Refuse(refuse.Token, refuse.Refusal); break;
            case PublishReadPermitEffect publish: _permit.Publish(publish.LeaseUntil, publish.FreshAsOf); break;
            case ProposeEffect propose:
                _roles.OnProposed(propose.Change.Kind);
                _configuration.Propose(propose.Change, propose.Reason);
                break;
            case RefreshTopologyEffect: _configuration.Refresh(); break;
            case ReadLogEffect read: OnPool(() => _loop.Post(new LogRead(read.From, _storage.ReadLog(read.From, read.BytesMax)))); break;
            case OpenSnapshotEffect: _applier.OpenSnapshot(() => _loop.Status.Configuration?.Lineage ?? 0); break;
            case ReadSnapshotChunkEffect read: OnPool(() => ReadChunk(read)); break;
            case CloseSnapshotEffect close: OnPool(() => _applier.Snapshots.Close(close.Id)); break;
            default: throw new InvalidOperationException($"No one carries out {effect.GetType().Name}.");
        }
    }

    private void ReadChunk(ReadSnapshotChunkEffect read)
    {
        if (_applier.Snapshots.Read(read.Id, read.Number, read.BytesMax) is var (chunk, isLast))
        {
            _metrics.SnapshotSent(chunk.Length);
            _loop.Post(new SnapshotChunkRead(read.Id, read.Number, chunk, isLast));
        }
    }

    private void Apply(ApplyEffect apply)
    {
        if (WaitingRequests.HasCaller(apply.Tokens)) _metrics.Committed(_metrics.MeasuresCommits ? _waiting.AgeOf(apply.Tokens) : null);
        _applier.Post(apply);
    }

    private void Send(SendEffect send) => _link.Send(send);
    private void RestApplier(Action action) => _applier.WhileResting(action);

    /// <summary>A reader met a storage that fails: one that cannot read what it acknowledged must not go on as main, nor as a copy.</summary>
    public void OnStorageFailed(StorageException failure)
    {
        var isFirst = FailureReason is null;
        Fail(failure.Message);

        // An error of the disk may be over after a restart; what is damaged stays so.
        if (isFirst && failure.Failure == StorageFailure.Corrupt) _damaged(failure);
    }

    private void OnPool(Action action)
    {
        Interlocked.Increment(ref _onPool);
        ThreadPool.QueueUserWorkItem(_ =>
        {
            Guard(action);
            Interlocked.Decrement(ref _onPool);
        });
    }

    private void StartThread(string name, Action run)
    {
        var thread = new Thread(() => Guard(run)) { IsBackground = true, Name = name };
        _threads.Add(thread);
        thread.Start();
    }

    // Border: a storage that failed makes this server leave its node; anything else is a broken invariant and ends the process.
    private void Guard(Action run)
    {
        try
        {
            run();
        }
        catch (StorageException failure)
        {
            OnStorageFailed(failure);
        }
        catch (Exception broken)
        {
            Fail($"A broken invariant: {broken.Message}");
            _stopped(broken);
        }
    }

    private void Fail(string reason)
    {
        if (FailureReason is null) LogFailed(_logger, reason);
        FailureReason ??= reason;
        _permit.Publish(0, 0);
        _loop.Post(new StorageFailed(reason));
        _waiting.AbandonAll();
    }

    public void Dispose()
    {
        // One bound for all three: a disk that hangs must not keep the process.
        var until = Environment.TickCount64 + CloseMillisecondsMax;
        _link.Dispose();
        _loop.Close();
        Join("kv-core", until);
        _log.Close();
        Join("kv-log", until);
        _applier.Close();
        Join("kv-apply", until);
        _waiting.AbandonAll();
    }

    private void Join(string name, long until)
    {
        var left = TimeSpan.FromMilliseconds(Math.Max(0, until - Environment.TickCount64));
        _threads.Find(thread => thread.Name == name)?.Join(left);
    }

    [LoggerMessage(1008, LogLevel.Critical, "This server serves nothing until it is started anew: {Reason}")]
    private static partial void LogFailed(ILogger logger, string reason);
}
