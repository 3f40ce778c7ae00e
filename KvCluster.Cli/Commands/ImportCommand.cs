using System.CommandLine;
using KvCluster.Cli.Transfer;
using KvCluster.Client;

namespace KvCluster.Cli.Commands;

/// <summary><c>kv import</c>.</summary>
internal static class ImportCommand
{
    public static Command Build(SessionOptions session, CliConsole console)
    {
        var command = new Command("import", "Bring records in from NDJSON, a line each: {\"key\":\"k\",\"value\":<any JSON>}, see docs/CLIENT.md.");
        var file = new Argument<string>("FILE") { Description = "The file; - reads from the standard input.", DefaultValueFactory = _ => "-" };
        command.Arguments.Add(file);
        command.SetAction(session, console, (client, parsed, cancellationToken) => RunAsync(client, console, parsed.GetValue(file)!, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(KvClusterClient client, CliConsole console, string file, CancellationToken cancellationToken)
    {
        var tally = new TransferTally();
        var importer = new Importer(client, tally, TimeProvider.System);
        await using var input = file == "-" ? console.Input : new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1, useAsync: true);
        if (input.CanSeek) tally.BytesTotal = input.Length;
        try
        {
            await new TransferProgress(console, TimeProvider.System).WatchAsync("imported", tally, () => importer.RunAsync(input, cancellationToken));
        }
        catch (RecordFormatException wrong)
        {
            throw new UsageException($"{wrong.Message} {tally.Records} records before it were imported.");
        }

        if (importer.Expired > 0) await console.Error.WriteLineAsync($"{importer.Expired} records had expired and were left out.");
        return await ReportAsync(console, importer.Failures);
    }

    private static async Task<int> ReportAsync(CliConsole console, IReadOnlyList<KvBatchResult> failures)
    {
        var code = ExitCode.Ok;
        foreach (var failure in failures)
        {
            var error = failure.Error ?? new KvRequestException($"The cluster answered {failure.Status}.");
            code = Math.Max(code, await CommandAction.ReportAsync(console, error));
        }

        return code;
    }
}
