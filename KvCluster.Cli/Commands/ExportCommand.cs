using System.CommandLine;
using System.Text;
using KvCluster.Cli.Transfer;
using KvCluster.Client;

namespace KvCluster.Cli.Commands;

/// <summary><c>kv export</c>.</summary>
internal static class ExportCommand
{
    public static Command Build(SessionOptions session, CliConsole console)
    {
        var command = new Command("export", "Write all records as NDJSON, in the order of their keys.");
        var file = new Argument<string>("FILE") { Description = "The file, replaced when all is written; - writes to the standard output.", DefaultValueFactory = _ => "-" };
        var prefix = new Option<string>("--prefix") { Description = "Only keys that begin so.", DefaultValueFactory = _ => "" };
        command.Arguments.Add(file);
        command.Options.Add(prefix);
        command.SetAction(session, console, async (client, parsed, cancellationToken) =>
        {
            var bytes = Encoding.UTF8.GetBytes(parsed.GetValue(prefix)!);
            if (parsed.GetValue(file) is { } name and not "-") await ToFileAsync(client, console, bytes, name, cancellationToken);
            else await RunAsync(client, console, bytes, console.Output, cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>Writes beside the file and renames, so that a broken export never looks like a whole one.</summary>
    private static async Task ToFileAsync(KvClusterClient client, CliConsole console, byte[] prefix, string file, CancellationToken cancellationToken)
    {
        var unfinished = file + ".unfinished";
        try
        {
            await using (var output = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, 1, useAsync: true))
            {
                await RunAsync(client, console, prefix, output, cancellationToken);
            }

            File.Move(unfinished, file, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private static async Task RunAsync(KvClusterClient client, CliConsole console, byte[] prefix, Stream output, CancellationToken cancellationToken)
    {
        var tally = new TransferTally();
        var exporter = new Exporter(client, tally);
        using var counting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var count = console.IsErrorTerminal ? exporter.CountAsync(prefix, counting.Token) : Task.CompletedTask;
        try
        {
            await new TransferProgress(console, TimeProvider.System).WatchAsync("exported", tally, () => exporter.RunAsync(prefix, output, cancellationToken));
        }
        finally
        {
            // The count serves the bar alone: whether it could be finished does not matter any more.
            await counting.CancelAsync();
            await count.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
