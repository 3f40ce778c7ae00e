using System.Net.Sockets;
using KvCluster.Core.Replication;
using KvCluster.Node.Control;
using KvCluster.Node.Diagnostics;
using KvCluster.Node.Options;
using KvCluster.Node.Peer;
using KvCluster.Node.Replication;
using KvCluster.Node.Storage;
using KvCluster.Node.Store;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Host;

/// <summary>
/// The life of a server: registers while its HTTP port already answers (with "not ready"), opens its data, serves, hands over and closes.
/// </summary>
internal sealed partial class ServerHost(
    KvNodeOptions options,
    DataDirectory data,
    StoreOpening stores,
    TopologyHolder holder,
    Registrar registrar,
    Broadcaster broadcaster,
    ConfigurationRequester requester,
    TopologyPuller puller,
    PeerListener port,
    MasterWatch watch,
    VoterKeeper keeper,
    BackgroundWork background,
    IEnumerable<IRegisterWatch> registerWatches,
    ReplicatedStore store,
    NodeMetrics metrics,
    IHostApplicationLifetime lifetime,
    ILoggerFactory loggers) : BackgroundService, IConfigurationPort
{
    private readonly ILogger _logger = loggers.CreateLogger<ServerHost>();
    private readonly Lock _closing = new();
    private DiskStorage? _storage;
    private int _lineage;

    /// <summary>The data server of this run, once it is registered.</summary>
    public DataServer? Data { get; private set; }

    /// <summary>Why the process should end with another code than zero.</summary>
    public int ExitCode { get; private set; }

    /// <summary>Asks the open storage something, for those whose moment nobody chooses: a collector may come while the server closes.</summary>
    public long AskStorage(Func<IServerStorage, long> ask)
    {
        lock (_closing) return _storage is null ? 0 : ask(_storage);
    }

    /// <summary>The newest entry of this server's log, also before it is registered; none without data.</summary>
    public LogPosition? DataEnd
    {
        get
        {
            if (Data is { } data) return data.Status.Last;
            lock (_closing) return _storage?.DescribeLog() is { } log ? new LogPosition(log.EpochStarts is [.., var newest] ? newest.Epoch : log.Base, log.Last) : null;
        }
    }

    public void Propose(ConfigurationChange change, ChangeReason reason) => requester.Request(change, reason);
    public void Refresh() => puller.Request();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Registration needs the HTTP port to be open: others may ask this server who the master is.
        await WhenStartedAsync(stoppingToken);
        try
        {
            if (options.Kind == ServerKind.Data) _storage = stores.Open();

            // A vote is given from the start: when all servers start anew at once, nobody can register before a majority votes.
            if (data.ServerId != ServerId.None) port.Identity = new PeerIdentity(data.ClusterId, new(data.ServerId, default));
            port.Start();
            var answer = await registrar.JoinAsync(stoppingToken);
            port.Identity = new PeerIdentity(answer.Topology.ClusterId, new(answer.Server, answer.Incarnation));
            holder.Changed += broadcaster.OnChanged;
            holder.Changed += _ => metrics.Control.TopologyUpdated();
            var work = new List<Task> { watch.RunAsync(stoppingToken), keeper.RunAsync(stoppingToken), background.Failed };
            work.AddRange(registerWatches.Select(changes => changes.RunAsync(stoppingToken)));
            if (_storage is not null) work.Add(ServeAsync(_storage, answer, stoppingToken));
            _lineage = answer.Topology.Lineage;
            holder.Changed += OnMembership;
            if (holder.Current is { } topology) broadcaster.OnChanged(topology);
            await await Task.WhenAny(work);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
        catch (RegistrationRefusedException refused)
        {
            LogRefused(_logger, refused.Message);
            End(ExitCodes.Refused);
        }
        catch (StoreOutdatedException outdated)
        {
            // The next start begins with an empty store beside this one, to be filled by the other server. An only copy stays where it is.
            LogStorage(_logger, outdated.Message);
            if (outdated.HasPeer) _ = stores.TryMarkDamaged(new StorageException(StorageFailure.Corrupt, outdated.Message));
            End(ExitCodes.DataFolder);
        }
        catch (StorageException failure)
        {
            LogStorage(_logger, failure.Message);
            End(ExitCodes.DataFolder);
        }
        catch (SocketException port)
        {
            LogPort(_logger, options.PeerPort, port.Message);
            End(ExitCodes.Port);
        }
        catch (Exception broken)
        {
            // Border: nothing of what a server does may end unseen while its process goes on.
            OnBroken(broken);
        }
    }

    private async Task ServeAsync(DiskStorage storage, RegistrationAnswer answer, CancellationToken stopping)
    {
        var server = OpenServer(new DataServerParts(options, storage, this, metrics, port, loggers), answer);
        Data = server;
        store.Open(new StoreBackend(
            server.Executor, storage.State, server.Permit, server.Waiting, server.Post,
            () => server.Status.Role is Core.Replication.ReplicaRole.Main or Core.Replication.ReplicaRole.Reconciling, () => server.FailureReason is not null, server.OnStorageFailed));
        server.Start();
        holder.Changed += server.OnTopology;
        if (holder.Current is { } topology) server.OnTopology(topology);
        await new Housekeeper(server, () => holder.OwnNode).RunAsync(stopping);
    }

    // A block that is damaged may be met here first. Where the peer has everything the next start begins without this store, not with the same end.
    private DataServer OpenServer(DataServerParts parts, RegistrationAnswer answer)
    {
        try
        {
            return new DataServer(parts, new(answer.Server, answer.Incarnation), OnBroken, OnDamaged);
        }
        catch (StorageException damage) when (damage.Failure == StorageFailure.Corrupt)
        {
            stores.TryMarkDamaged(damage);
            throw;
        }
    }

    // Found while it serves. Without a peer that has everything this copy is the best there is: it stays, and says what is wrong.
    private void OnDamaged(StorageException damage)
    {
        LogStorage(_logger, damage.Message);
        if (stores.TryMarkDamaged(damage)) End(ExitCodes.DataFolder);
    }

    private async Task WhenStartedAsync(CancellationToken stopping)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var on = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(stopping);
    }

    // Taken out by an operator, or replaced by another data folder: it has no part in the cluster any more and never gets one back by itself. Whom a
    // restore of the register has forgotten may register anew.
    private void OnMembership(ClusterTopology topology)
    {
        var (before, isMember) = (_lineage, topology.FindServer(holder.Self) is not null);
        if (isMember) _lineage = topology.Lineage;
        if (isMember && topology.Lineage == before) return;

        // Not on the thread that brings the topology: the disk may be slow, and what is done on stopping may need a newer one.
        ThreadPool.QueueUserWorkItem(_ => KeepMembership(topology, isMember, isForgotten: topology.Lineage != before));
    }

    private void KeepMembership(ClusterTopology topology, bool isMember, bool isForgotten)
    {
        try
        {
            if (isMember)
            {
                data.AdoptCluster(topology.ClusterId, holder.Self, topology.Lineage);
                return;
            }

            if (isForgotten) LogForgotten(_logger, holder.Self.Value, topology.Lineage);
            else
            {
                LogRemoved(_logger, holder.Self.Value, topology.Version);
                data.MarkRemoved($"Server {holder.Self} ({options.Name}) of cluster {topology.ClusterId} was removed or replaced: it is not in topology {topology.Version}.");
            }

            End(ExitCodes.Refused);
        }
        catch (StorageException failure)
        {
            OnBroken(failure);
        }
    }

    /// <summary>Ends the process: what it relies on holds no more.</summary>
    public void OnBroken(Exception broken)
    {
        LogBroken(_logger, broken);
        End(ExitCodes.Broken);
    }

    private void End(int exitCode)
    {
        ExitCode = exitCode;
        lifetime.StopApplication();
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        store.Close();
        Data?.Dispose();
        lock (_closing)
        {
            // Whoever is still inside the storage would find its memory freed; what is not closed is found again as after a crash.
            if (Data is null or { IsAtRest: true }) _storage?.Dispose();
            _storage = null;
        }
    }

    [LoggerMessage(1001, LogLevel.Critical, "The cluster refused this server: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);

    [LoggerMessage(1005, LogLevel.Critical, "Server {Server} is not in topology {Version}: it was removed or replaced, and ends.")]
    private static partial void LogRemoved(ILogger logger, int server, long version);

    [LoggerMessage(1009, LogLevel.Critical, "Server {Server} is not in the topology that was restored (lineage {Lineage}): it ends, and may register anew when it is started.")]
    private static partial void LogForgotten(ILogger logger, int server, int lineage);

    [LoggerMessage(1002, LogLevel.Critical, "The data folder cannot be used: {Reason}")]
    private static partial void LogStorage(ILogger logger, string reason);

    [LoggerMessage(1004, LogLevel.Critical, "The peer port {Port} cannot be opened: {Reason}")]
    private static partial void LogPort(ILogger logger, int port, string reason);

    [LoggerMessage(1003, LogLevel.Critical, "A broken invariant; the server stops before it does harm.")]
    private static partial void LogBroken(ILogger logger, Exception broken);
}
