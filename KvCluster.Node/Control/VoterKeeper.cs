using KvCluster.Core.Master;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Control;

/// <summary>The master's care for the voters: grows the register as servers come, and puts a spare in the place of a voter that is gone.</summary>
internal sealed partial class VoterKeeper(TopologyHolder holder, Master master, Sight sight, TimeProvider time, ILogger<VoterKeeper> logger)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    // A voter that only restarts must not be replaced.
    private static readonly TimeSpan AwayMax = TimeSpan.FromSeconds(60);

    // A few heart-beats of the broadcast: who missed them may be back at once, but may as well be on the other side of a cut.
    private static readonly TimeSpan SightMax = TimeSpan.FromMilliseconds(AutomaticChanges.GraceMilliseconds);

    // A voter that is not ready now will not be in half a second.
    private static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromSeconds(10);
    private long _refusedAt = long.MinValue;
    private string _said = "";
    private string? _waitsFor;

    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Look);
        var wasMaster = false;
        var since = time.GetTimestamp();
        while (await timer.WaitForNextTickAsync(stopping))
        {
            if (!wasMaster && holder.IsMaster)
            {
                sight.Clear();
                since = time.GetTimestamp();
            }

            wasMaster = holder.IsMaster;
            if (!wasMaster || holder.Current is not { } current) continue;
            Warn(current);
            if (!IsResting && !IsHeldBack(current, time.GetElapsedTime(since)) && VoterPlan.Next(current, IsUsable) is not null) await ChangeAsync(stopping);
        }
    }

    private bool IsHeldBack(ClusterTopology topology, TimeSpan inOffice)
    {
        var reason = AutomaticChanges.ReasonToWait(topology, (long)inOffice.TotalMilliseconds, server => sight.IsInSight(server, SightMax));
        if (reason is not null && reason != _waitsFor) LogHeldBack(logger, reason);
        _waitsFor = reason;
        return reason is not null;
    }

    private bool IsResting => _refusedAt != long.MinValue && time.GetElapsedTime(_refusedAt) < PauseAfterRefusal;

    private bool IsUsable(ServerId server) => server == holder.Self || sight.IsInSight(server, AwayMax);

    private async Task ChangeAsync(CancellationToken stopping)
    {
        // Who is in sight is looked at once for each request: asked again, it must not want other voters under the same id.
        var seen = new RememberedSight(IsUsable);
        var decision = await master.DecideAsync(
            Guid.NewGuid(),
            topology => VoterPlan.Next(topology, seen.IsInSight) is { } next
                ? new TopologyDecision(topology with { Generation = topology.Generation + 1, Voters = next })
                : TopologyDecision.Refuse(ProblemCode.TopologyConflict, "The voters are right as they are."),
            stopping);
        if (decision.Next is { } changed) LogVoters(logger, changed.Generation, string.Join(", ", changed.Voters.Select(voter => changed.FindServer(voter.Server)?.Name)));
        else
        {
            _refusedAt = time.GetTimestamp();
            LogRefused(logger, decision.Detail ?? "");
        }
    }

    // Said once for each topology in which it is so.
    private void Warn(ClusterTopology topology)
    {
        if (topology.Voters.Length != 1 || !topology.AllSlotsAssigned || topology.Servers.Count(server => server.VoterId is not null) != 2) return;
        var voter = topology.FindServer(topology.Voters[0].Server)?.Name ?? "";
        if (voter == _said) return;
        LogAlone(logger, _said = voter);
    }

    [LoggerMessage(3060, LogLevel.Information, "Generation {Generation} of the topology register: {Voters} vote.")]
    private static partial void LogVoters(ILogger logger, long generation, string voters);

    [LoggerMessage(3061, LogLevel.Information, "The voters were not changed: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);

    [LoggerMessage(3063, LogLevel.Information, "The master changes nothing of its own accord: {Reason}")]
    private static partial void LogHeldBack(ILogger logger, string reason);

    [LoggerMessage(3062, LogLevel.Warning, "Only {Server} votes on the topology: with two servers nobody takes over unattended when it is lost. Start a witness.")]
    private static partial void LogAlone(ILogger logger, string server);
}
