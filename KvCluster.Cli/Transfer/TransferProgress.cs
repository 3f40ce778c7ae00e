using System.Globalization;
using Spectre.Console;

namespace KvCluster.Cli.Transfer;

/// <summary>Shows a bar with rate and remaining time on the error stream, if that is a terminal; a line with the total at the end in any case.</summary>
internal sealed class TransferProgress(CliConsole console, TimeProvider time)
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200);

    /// <param name="verb">Past participle for the line at the end, such as <c>imported</c>.</param>
    public async Task WatchAsync(string verb, TransferTally tally, Func<Task> transfer)
    {
        var start = time.GetTimestamp();
        if (console.IsErrorTerminal) await ShowBarAsync(tally, transfer);
        else await transfer();
        var seconds = time.GetElapsedTime(start).TotalSeconds;
        await console.Error.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{verb} {tally.Records:N0} records, {tally.Bytes / 1e6:N1} MB in {seconds:N1} s ({tally.Records / Math.Max(seconds, 0.001):N0} records/s)"));
    }

    private Task ShowBarAsync(TransferTally tally, Func<Task> transfer) => console.NewProgressConsole().Progress()
        .AutoClear(true)
        .Columns(new ProgressBarColumn(), new PercentageColumn(), new RateColumn(tally, time), new RemainingTimeColumn())
        .StartAsync(async context =>
        {
            var task = context.AddTask("transfer", maxValue: 1);
            task.IsIndeterminate = true;
            var running = transfer();
            while (!running.IsCompleted)
            {
                if (tally.Fraction is { } fraction)
                {
                    task.IsIndeterminate = false;
                    task.Value = fraction;
                }

                await Task.WhenAny(running, Task.Delay(Refresh, time));
            }

            await running;
        });
}
