using KvCluster.Core.Master;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Control;

/// <summary>
/// Takes the master's office when its holder has been silent for a randomized time. A witness lets the others go
/// first. Two that do it at once are settled by the register, and a master that was only slow loses nothing but the office.
/// </summary>
internal sealed partial class MasterWatch(TopologyHolder holder, Master master, ILogger<MasterWatch> logger)
{
    // The master is heard of every 200 ms (Broadcaster).
    private static readonly TimeSpan SilenceMin = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan SilenceSpread = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan WitnessWaits = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private readonly ListenedSilence _silence = new();

    /// <summary>The master was heard of.</summary>
    public void Heard() => _silence.Heard();

    public async Task RunAsync(CancellationToken stopping)
    {
        var began = TimeProvider.System.GetTimestamp();
        var patience = Draw();
        using var timer = new PeriodicTimer(Look);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            var silence = _silence.Look(TimeProvider.System.GetElapsedTime(began));
            if (holder.Current is not { } topology || holder.IsMaster || !Succession.IsCandidate(topology, holder.Self)) Heard();
            else if (silence > patience)
            {
                await TakeOverAsync(topology.Master, stopping);
                patience = Draw();
                Heard();
            }
        }
    }

    private TimeSpan Draw() => SilenceMin + (SilenceSpread * Random.Shared.NextDouble()) + (holder.OwnNode is null ? WitnessWaits : TimeSpan.Zero);

    private async Task TakeOverAsync(ServerId silent, CancellationToken stopping)
    {
        LogSilent(logger, silent.Value);
        var decision = await master.DecideAsync(Guid.NewGuid(), topology => Succession.TakeOver(topology, holder.Self, silent), stopping);
        if (decision.IsRefused) LogNotTaken(logger, decision.Detail ?? "");
        else LogTaken(logger, silent.Value);
    }

    [LoggerMessage(3050, LogLevel.Warning, "The master, server {Server}, is silent.")]
    private static partial void LogSilent(ILogger logger, int server);

    [LoggerMessage(3051, LogLevel.Warning, "This server is the master now, in place of server {Server}.")]
    private static partial void LogTaken(ILogger logger, int server);

    [LoggerMessage(3052, LogLevel.Information, "This server did not become the master: {Reason}")]
    private static partial void LogNotTaken(ILogger logger, string reason);
}
