using KvCluster.Core.Master;
using KvCluster.Core.Replication;
using KvCluster.Node.Control.Voting;
using KvCluster.Node.Options;
using KvCluster.Node.Storage;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Control;

/// <summary>Rebuilds the register on this server from the newest topology that anybody in reach holds, when an operator says that its voters will not come back.</summary>
/// <remarks>
/// It asks nothing of a server but its folder: where most voters are gone nobody who was restarted can register, and that must not stand in the way.
/// </remarks>
/// <param name="voter">This server's vote; none where the register is kept elsewhere.</param>
/// <param name="dataEnd">The newest entry of this server's log; none while it holds no data.</param>
internal sealed partial class RegisterRestore(
    KvNodeOptions options, DataDirectory data, LocalVoter? voter, ITopologyRegister register, TopologyHolder holder, ControlHttp http, Func<LogPosition?> dataEnd, ILogger<RegisterRestore> logger)
{
    private const int LeapMax = 1 << 20;

    /// <summary>What this server has to give to a restore.</summary>
    public SurvivorAnswer Describe()
    {
        var end = dataEnd();
        return new SurvivorAnswer
        {
            Name = options.Name,
            StoreId = data.StoreId,
            Topology = holder.Current,
            Vote = voter?.Newest is { } held
                ? new SurvivingVote(voter.Lineage, held.Generation, held.Accepted.Counter, held.Accepted.Proposer.Server, held.Accepted.Proposer.Run, held.Document)
                : null,
            DataEpoch = end?.Epoch ?? default,
            DataLast = end?.Index ?? default,
        };
    }

    /// <returns>From what a restore by this server would go on, or why it could not.</returns>
    public async Task<(RestorePlan? Plan, TopologyDecision Refusal)> PlanAsync(CancellationToken cancellation)
    {
        var (survey, refusal) = await SurveyAsync(cancellation);
        return (survey?.Plan, refusal);
    }

    /// <param name="seen">The version that the operator saw: with another one the loss would be another one too.</param>
    /// <returns>From what it went on, or why it did not.</returns>
    public async Task<(RestorePlan? Plan, TopologyDecision Refusal)> RestoreAsync(long seen, CancellationToken cancellation)
    {
        var (found, refusal) = await SurveyAsync(cancellation);
        if (found is not { } survey) return (null, refusal);
        var (plan, newest, self) = survey;
        if (plan.IsMajorityInReach)
            return Refuse(ProblemCode.TopologyConflict, "A majority of the voters answers: nothing is lost, and nothing is to be restored.");
        if (plan.Version != seen)
            return Refuse(ProblemCode.TopologyConflict, $"The newest topology in reach is version {plan.Version}, not {seen}: look again.");

        // A vote whose file was lost belongs to no cluster; one whose attempt to restore got no further than this has a later lineage than anybody else.
        voter!.Join(newest);
        var from = newest with { Lineage = Math.Max(newest.Lineage, voter.Lineage) };
        var restored = Restoration.Restore(from, self, voter.VoterId, Random.Shared.Next(1, LeapMax), Guid.NewGuid(), plan.LoneMains);
        if (!voter.TryRestore(restored)) return Refuse(ProblemCode.TopologyConflict, "This server's vote belongs to a later register already.");
        holder.TryAdopt(restored);
        LogRestored(logger, restored.Version, restored.Lineage);
        foreach (var main in plan.LoneMains) LogLoneMain(logger, main.Server, main.Node, main.DataEpoch.Value, main.KnownEpoch.Value);
        return (plan, default);
    }

    private async Task<((RestorePlan Plan, ClusterTopology Newest, ServerInfo Self)? Found, TopologyDecision Refusal)> SurveyAsync(CancellationToken cancellation)
    {
        if (voter is null) return (null, TopologyDecision.Refuse(ProblemCode.TopologyConflict, "The topology is kept elsewhere (KvNode:Register): restore it there."));
        var isMajorityInReach = await register.ReadAsync(cancellation) is not null;
        var survivors = await AskAllAsync(cancellation);
        if (Restoration.Newest(survivors) is not { } newest || newest.Document.FindServer(data.StoreId) is not { } self)
            return (null, TopologyDecision.Refuse(ProblemCode.NotReady, "This server knows no topology that it is part of."));
        var document = newest.Document;
        var silent = document.Servers.Where(server => survivors.All(survivor => survivor.StoreId != server.StoreId)).ToArray();
        var plan = new RestorePlan
        {
            Version = document.Version,
            From = newest.From.Name,
            IsFromVote = newest.IsVote,
            IsMajorityInReach = isMajorityInReach,
            SilentVoters = [.. silent.Where(server => VoterPlan.HasVote(document, server)).Select(server => server.Name)],
            SilentServers = [.. silent.Select(server => server.Name)],
            LoneMains = Restoration.LoneMains(document, survivors),
        };
        return ((plan, document, self), default);
    }

    // A server that came later than what this one knows is named by those who know of it.
    private async Task<IReadOnlyCollection<SurvivorAnswer>> AskAllAsync(CancellationToken cancellation)
    {
        var survivors = new List<SurvivorAnswer> { Describe() };
        var asked = new HashSet<Uri> { options.HttpUrl };
        while (true)
        {
            var next = survivors.SelectMany(survivor => survivor.Topology?.Servers ?? []).Select(server => server.Http).Concat(options.SeedUrls).Where(asked.Add).ToArray();
            if (next.Length == 0) return survivors;
            var cluster = data.ClusterId != ClusterId.None ? data.ClusterId : voter!.Cluster;
            var answers = await Task.WhenAll(next.Select(server => http.GetSurvivorAsync(server, cluster, cancellation)));
            survivors.AddRange(answers.Select(answer => answer.Value).Where(value => value is not null && IsOurs(value, cluster))!);
        }
    }

    private static bool IsOurs(SurvivorAnswer survivor, ClusterId cluster) =>
        (survivor.Topology?.ClusterId ?? survivor.Vote?.Document.ClusterId ?? ClusterId.None) == cluster;

    private static (RestorePlan? Plan, TopologyDecision Refusal) Refuse(string code, string detail) => (null, TopologyDecision.Refuse(code, detail));

    [LoggerMessage(3070, LogLevel.Critical, "The topology register was restored by an operator's order: version {Version}, lineage {Lineage}. Changes that only lost voters knew are gone.")]
    private static partial void LogRestored(ILogger logger, long version, int lineage);

    [LoggerMessage(3071, LogLevel.Critical, "{Server} leads {Node}: its data is of epoch {DataEpoch}, and nobody else remembered more than epoch {KnownEpoch}. Its promotion was known to lost voters only.")]
    private static partial void LogLoneMain(ILogger logger, string server, string node, long dataEpoch, long knownEpoch);
}
