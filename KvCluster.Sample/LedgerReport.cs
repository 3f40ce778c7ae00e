using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KvCluster.Sample;

/// <summary>Says every few seconds how the ledger stands, and at once when something was lost.</summary>
internal sealed partial class LedgerReport(WriteLedger ledger, ILogger<LedgerReport> logger) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Look);
        var lost = 0L;
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var totals = ledger.Look();
                if (totals.Lost > lost) LogLost(logger, totals.Lost);
                lost = totals.Lost;
                LogTotals(logger, totals.Acknowledged, totals.Verified, totals.Lost, totals.Unknown, totals.Refused, (long)totals.LongestPause.TotalMilliseconds);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The last word was said.
        }
    }

    [LoggerMessage(9001, LogLevel.Information, "{Acknowledged} writes acknowledged, {Verified} verified, {Lost} lost, {Unknown} unknown, {Refused} refused; longest pause {Pause} ms")]
    private static partial void LogTotals(ILogger logger, long acknowledged, long verified, long lost, long unknown, long refused, long pause);

    [LoggerMessage(9002, LogLevel.Critical, "{Lost} acknowledged writes are LOST.")]
    private static partial void LogLost(ILogger logger, long lost);
}
