using System.CommandLine;
using KvCluster.Client;

namespace KvCluster.Cli.Commands;

/// <summary>Runs a command with a client, and turns what goes wrong into a sentence and an exit code.</summary>
internal static class CommandAction
{
    public static void SetAction(
        this Command command, SessionOptions session, CliConsole console, Func<KvClusterClient, ParseResult, CancellationToken, Task<int>> run) =>
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                using var client = session.Connect(parsed, console);
                return await run(client, parsed, cancellationToken);
            }
            catch (UsageException wrong)
            {
                await console.Error.WriteLineAsync($"kv: {wrong.Message}");
                return ExitCode.Usage;
            }
            catch (KvClusterException failed)
            {
                return await ReportAsync(console, failed);
            }
            catch (IOException failed)
            {
                await console.Error.WriteLineAsync($"kv: {failed.Message}");
                return ExitCode.Usage;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                await console.Error.WriteLineAsync("kv: interrupted.");
                return ExitCode.Interrupted;
            }
        });

    /// <summary>Says what happened, and whether anything can have been applied.</summary>
    public static async Task<int> ReportAsync(CliConsole console, KvClusterException failed)
    {
        var outcome = failed.IsOutcomeUnknown ? "outcome unknown: it may or may not have been applied" : "nothing was applied";
        var trace = failed.TraceId is null ? "" : $", trace {failed.TraceId}";
        await console.Error.WriteLineAsync($"kv: {failed.Message} ({failed.Code}; {outcome}{trace})");
        return ExitCode.Of(failed);
    }
}
