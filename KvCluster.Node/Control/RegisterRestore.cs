using KvCluster.Core.Master;
using KvCluster.Node.Control.Voting;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Control;

/// <summary>Rebuilds the register on this server from the newest topology that anybody in reach holds, when an operator says that its voters will not come back.</summary>
/// <param name="voter">This server's vote; none where the register is kept elsewhere.</param>
internal sealed partial class RegisterRestore(LocalVoter? voter, ITopologyRegister register, TopologyHolder holder, ControlHttp http, ILogger<RegisterRestore> logger)
{
    private const int LeapMax = 1 << 20;

    /// <param name="seen">The version that the operator saw: with another one the loss would be another one too.</param>
    public async Task<TopologyDecision> RestoreAsync(long seen, CancellationToken cancellation)
    {
        if (voter is null) return TopologyDecision.Refuse(ProblemCode.TopologyConflict, "The topology is kept elsewhere (KvNode:Register): restore it there.");
        if (await register.ReadAsync(cancellation) is not null)
            return TopologyDecision.Refuse(ProblemCode.TopologyConflict, "A majority of the voters answers: nothing is lost, and nothing is to be restored.");
        if (await NewestAsync(cancellation) is not { } newest || newest.FindServer(holder.Self) is not { } self)
            return TopologyDecision.Refuse(ProblemCode.NotReady, "This server knows no topology that it is part of.");
        if (newest.Version != seen)
            return TopologyDecision.Refuse(ProblemCode.TopologyConflict, $"The newest topology in reach is version {newest.Version}, not {seen}: look again.");

        // The vote may belong to an attempt to restore that got no further than this.
        var restored = Restoration.Restore(BestOf(newest, voter.Newest?.Document) with { Lineage = Math.Max(newest.Lineage, voter.Lineage) }, self, voter.VoterId, Random.Shared.Next(1, LeapMax), Guid.NewGuid());
        if (!voter.TryRestore(restored)) return TopologyDecision.Refuse(ProblemCode.TopologyConflict, "This server's vote belongs to a later register already.");
        holder.TryAdopt(restored);
        LogRestored(logger, restored.Version, restored.Lineage);
        return new TopologyDecision(restored);
    }

    // What this server's vote holds may be newer than what anybody knows to be decided. It was decided, or would have been in its time.
    private static ClusterTopology BestOf(ClusterTopology decided, ClusterTopology? voted) =>
        voted is not null && voted.Lineage == decided.Lineage && voted.Version > decided.Version ? voted : decided;

    private async Task<ClusterTopology?> NewestAsync(CancellationToken cancellation)
    {
        foreach (var server in holder.Current?.Servers.Where(server => server.Id != holder.Self) ?? [])
            if ((await http.GetTopologyAsync(server.Http, holder.Current!.ClusterId, cancellation)).Value is { } known) holder.TryAdopt(known);
        return holder.Current;
    }

    [LoggerMessage(3070, LogLevel.Critical, "The topology register was restored by an operator's order: version {Version}, lineage {Lineage}. Changes that only lost voters knew are gone.")]
    private static partial void LogRestored(ILogger logger, long version, int lineage);
}
