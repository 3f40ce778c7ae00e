using KvCluster.Core.Master;
using KvCluster.Node.Control.Voting;
using KvCluster.Node.Options;
using KvCluster.Node.Storage;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Control;

/// <summary>
/// How a starting server finds its place: it creates the cluster if it is the one that may and nobody knows of one, else it finds the
/// master through any seed and registers, again and again until it is told what it is.
/// </summary>
internal sealed partial class Registrar(
    KvNodeOptions options, DataDirectory data, LocalVoter? voter, VoterAddresses addresses, TopologyHolder holder, Master master, ControlHttp http, ILogger<Registrar> logger)
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(1);
    private readonly Guid _run = Guid.NewGuid();
    private IReadOnlyList<Guid>? _knownRuns;
    private Uri? _otherFounder;

    /// <summary>Returns when this run is registered.</summary>
    /// <exception cref="RegistrationRefusedException">The cluster will never take this server.</exception>
    /// <exception cref="StoreOutdatedException">The store is an old state of what the cluster knows.</exception>
    public async Task<RegistrationAnswer> JoinAsync(CancellationToken stopping)
    {
        if (options.Kind == ServerKind.Data) _knownRuns ??= StoreRuns.Add(data.StorePath, _run);
        var isNew = Cluster == ClusterId.None && holder.Current is null;
        var answer = isNew && options.IsBootstrap && await IsAloneAsync(stopping) ? await CreateAsync(stopping) : await RegisterAsync(stopping);
        holder.Self = answer.Server;
        data.AdoptCluster(answer.Topology.ClusterId, answer.Server, answer.Topology.Lineage);
        voter?.Join(answer.Topology);
        holder.TryAdopt(answer.Topology);
        LogRegistered(logger, options.Name, answer.Server.Value, answer.Incarnation.Value, answer.Topology.ClusterId);
        return answer;
    }

    /// <summary>The cluster this server belongs to; none for a newcomer.</summary>
    /// <remarks>The vote is made durable first when a cluster is founded: a crash before the folder knows leaves a founder, not a stranger.</remarks>
    public ClusterId Cluster => data.ClusterId != ClusterId.None ? data.ClusterId : voter?.Cluster ?? ClusterId.None;

    /// <summary>It belongs to no cluster and may found one.</summary>
    private bool IsFounding => options.IsBootstrap && voter is not null && holder.Current is null && Cluster == ClusterId.None;

    /// <summary>What this server answers to those who look for the master, registered or not.</summary>
    /// <remarks>Who belongs to a cluster says so even before it knows the topology: a founder that asks must not take it for a newcomer.</remarks>
    public MasterAnswer DescribeMaster()
    {
        var topology = holder.Current;
        return new MasterAnswer(topology?.ClusterId ?? Cluster, topology?.FindServer(topology.Master), topology?.Version ?? 0)
        {
            IsFounding = IsFounding,
            VoterId = voter?.VoterId,
            Peer = options.PeerAddress,
        };
    }

    private RegistrationRequest Request => new()
    {
        ClusterId = Cluster,
        Lineage = data.Lineage,
        StoreId = data.StoreId,
        Name = options.Name,
        Node = options.Node.Length > 0 ? options.Node : null,
        Kind = options.Kind,
        PreferredRole = options.PreferredRole,
        Http = options.HttpUrl,
        Peer = options.PeerAddress,
        VoterId = voter?.VoterId,
        Resp = options.RespAddress,
        RunId = _run,
        KnownRuns = _knownRuns,
    };

    private async Task<RegistrationAnswer> CreateAsync(CancellationToken stopping)
    {
        var settings = new ClusterSettings { InitialNodes = options.InitialNodes, VotersMax = options.Voters, WriteMode = options.WriteMode };
        var first = Registration.Bootstrap(new ClusterId(Guid.NewGuid()), settings, Request);
        for (var pause = PauseMin; ; pause = Longer(pause))
        {
            if (await master.CreateAsync(first, stopping) is { } created)
            {
                LogCreated(logger, created.ClusterId);
                return AnswerFrom(created);
            }

            // The register holds a cluster already, perhaps this one: the answer to an attempt may have been lost.
            var here = await RegisterHereAsync(stopping);
            if (here.Value is { } answer) return answer;
            if (here.Problem?.Code is not (ProblemCode.RegisterUnavailable or ProblemCode.OutcomeUnknown)) return await RegisterAsync(stopping);
            if (pause == PauseMin) LogWaiting(logger, options.Name, here.Problem.Detail ?? "");
            await Task.Delay(pause, stopping);
        }
    }

    private async Task<RegistrationAnswer> RegisterAsync(CancellationToken stopping)
    {
        var pause = PauseMin;
        var said = "";
        while (true)
        {
            stopping.ThrowIfCancellationRequested();
            var answer = await RegisterThereAsync(stopping);
            if (answer.Value is null && answer.Problem?.Code is null or ProblemCode.NotMaster or ProblemCode.NotReady)
            {
                var here = await RegisterHereAsync(stopping);
                if (here.Problem?.Code is not (ProblemCode.RegisterUnavailable or ProblemCode.OutcomeUnknown)) answer = here;
            }

            if (answer.Value is { } value) return value;
            if (answer.Problem is { Code: ProblemCode.ServerRemoved } removed)
            {
                data.MarkRemoved(removed.Detail ?? removed.Title);
                throw new RegistrationRefusedException(removed.Detail ?? removed.Title);
            }

            if (answer.Problem is { Code: ProblemCode.ClusterMismatch or ProblemCode.RegistrationInvalid } problem) throw new RegistrationRefusedException(problem.Detail ?? problem.Title);
            if (answer.Problem is { Code: ProblemCode.IdentityTaken } taken && await HolderElsewhereAsync(stopping) is { } named)
                throw new RegistrationRefusedException($"{taken.Detail ?? taken.Title} It is at {named.Http}.");

            if (answer.Problem is { Code: ProblemCode.StoreOutdated or ProblemCode.OnlyCopyOutdated } outdated)
            {
                await LearnTopologyAsync(stopping);
                throw new StoreOutdatedException(outdated.Detail ?? outdated.Title, outdated.Code == ProblemCode.StoreOutdated);
            }

            var reason = answer.Problem?.Detail ?? "No seed knows a master yet.";
            if (reason != said) LogWaiting(logger, options.Name, said = reason);
            await Task.Delay(pause, stopping);
            pause = answer.Problem?.Code == ProblemCode.RegistrationWaiting ? PauseMin * 2 : Longer(pause);
        }
    }

    // What an old folder says of the cluster is old as well; what becomes of its store depends on who is in sync now.
    private async Task LearnTopologyAsync(CancellationToken stopping)
    {
        foreach (var seed in Seeds().ToArray())
        {
            if ((await http.GetTopologyAsync(seed, Cluster, stopping)).Value is not { } topology) continue;
            holder.TryAdopt(topology);
            return;
        }
    }

    // The master that everybody names may be this very server, or gone: a server that can ask the register needs neither.
    private async Task<ControlAnswer<RegistrationAnswer>> RegisterHereAsync(CancellationToken stopping)
    {
        var decision = await master.RegisterAsync(Request, stopping);
        return decision.Next is { } topology
            ? new ControlAnswer<RegistrationAnswer>(AnswerFrom(topology), null, true)
            : new ControlAnswer<RegistrationAnswer>(null, new KvProblem { Type = decision.Code!, Title = decision.Code!, Status = 409, Code = decision.Code!, Detail = decision.Detail, Retryable = true }, false);
    }

    private async Task<ControlAnswer<RegistrationAnswer>> RegisterThereAsync(CancellationToken stopping)
    {
        ControlAnswer<RegistrationAnswer> last = default;
        foreach (var seed in Seeds())
        {
            var found = await http.GetMasterAsync(seed, stopping);
            addresses.Heard(found.Value?.VoterId, found.Value?.Peer);
            if (found.Value?.Master is not { } at) continue;
            if (Cluster != ClusterId.None && found.Value.ClusterId != Cluster)
                throw new RegistrationRefusedException($"{seed} belongs to cluster {found.Value.ClusterId}, this data folder to {Cluster}.");
            if (at.Http == options.HttpUrl) continue;
            last = await http.RegisterAsync(at.Http, Request, stopping);

            // After a restore some seeds still name a master of before; one of the others knows better.
            if (last.IsOk || last.Problem is { Code: not (ProblemCode.NotMaster or ProblemCode.NotReady) }) return last;
        }

        return last;
    }

    // Whoever had the name at this very address is this server with its former disk, whose place becomes free in time. At another address it is
    // somebody else, and waiting does not help.
    private async Task<ServerInfo?> HolderElsewhereAsync(CancellationToken stopping)
    {
        foreach (var seed in Seeds())
        {
            var topology = (await http.GetTopologyAsync(seed, Cluster, stopping)).Value;
            if (topology?.Servers.FirstOrDefault(server => server.Name == options.Name) is { } named) return named.StoreId != data.StoreId && named.Http != options.HttpUrl ? named : null;
        }

        return null;
    }

    private IEnumerable<Uri> Seeds() =>
        options.SeedUrls.Concat(holder.Current?.Servers.Select(server => server.Http) ?? []).Where(seed => seed != options.HttpUrl).Distinct();

    // A bootstrap server whose disk was replaced must find the cluster that exists, and who is silent may be a part of it. So a cluster is
    // founded only when every seed has said that it belongs to none.
    private async Task<bool> IsAloneAsync(CancellationToken stopping)
    {
        var pause = PauseMin;
        var unheard = Seeds().ToHashSet();
        var said = "";
        if (unheard.Count == 0 && voter is not null) LogFoundsUnasked(logger, options.Name);
        while (unheard.Count > 0)
        {
            foreach (var seed in unheard.ToArray())
            {
                var answer = await http.GetMasterAsync(seed, stopping);
                if (answer.Value is { } found && (found.Master is not null || found.ClusterId != ClusterId.None)) return false;
                if (answer.Value is { IsFounding: true } && IsFounding) LogOtherFounder(seed);
                else if (answer.IsOk) unheard.Remove(seed);
            }

            if (unheard.Count == 0) break;
            var silent = string.Join(", ", unheard.Select(seed => seed.Authority).Order(StringComparer.Ordinal));
            if (silent != said) LogSilentSeeds(logger, options.Name, said = silent);
            await Task.Delay(pause, stopping);
            pause = Longer(pause);
        }

        return true;
    }

    // Two of them would found two clusters. Who comes first cannot be told from here: the other one may ask nobody.
    private void LogOtherFounder(Uri seed)
    {
        if (_otherFounder == seed) return;
        LogOtherFounder(logger, options.Name, _otherFounder = seed);
    }

    private static TimeSpan Longer(TimeSpan pause) => TimeSpan.FromTicks(Math.Min(PauseMax.Ticks, pause.Ticks * 2));

    private RegistrationAnswer AnswerFrom(ClusterTopology topology)
    {
        var self = topology.FindServer(data.StoreId)!;
        return new RegistrationAnswer(self.Id, self.Incarnation, topology);
    }

    [LoggerMessage(3020, LogLevel.Information, "{Name} is server {Server}, run {Incarnation}, of cluster {Cluster}.")]
    private static partial void LogRegistered(ILogger logger, string name, int server, long incarnation, ClusterId cluster);

    [LoggerMessage(3021, LogLevel.Information, "Created cluster {Cluster}.")]
    private static partial void LogCreated(ILogger logger, ClusterId cluster);

    [LoggerMessage(3023, LogLevel.Information, "{Name} founds no cluster yet: these seeds may know of one and are silent: {Seeds}")]
    private static partial void LogSilentSeeds(ILogger logger, string name, string seeds);

    [LoggerMessage(3024, LogLevel.Error, "{Name} waits: {Seed} may found a cluster too. Only one server of a cluster may have KvNode:Bootstrap.")]
    private static partial void LogOtherFounder(ILogger logger, string name, Uri seed);

    [LoggerMessage(3025, LogLevel.Warning, "{Name} founds a cluster and has no seeds to ask for one. Had it lost its disk, this would be a second cluster: name the other servers in KvNode:Seeds.")]
    private static partial void LogFoundsUnasked(ILogger logger, string name);

    [LoggerMessage(3022, LogLevel.Information, "{Name} is not registered yet: {Reason}")]
    private static partial void LogWaiting(ILogger logger, string name, string reason);
}
