using System.CommandLine;
using KvCluster.Cli.Output;
using KvCluster.Cli.Transfer;
using KvCluster.Client;

namespace KvCluster.Cli.Commands;

/// <summary><c>kv batch</c>: many operations in few round trips.</summary>
internal static class BatchCommand
{
    private const int OperationsAtOnce = 1000;

    public static Command Build(SessionOptions session, CliConsole console)
    {
        var command = new Command("batch", "Run operations, a line each: {\"op\":\"get|put|delete|increment|merge-patch|json-patch\",\"key\":...}.");
        var file = new Argument<string>("FILE") { Description = "The file; - reads from the standard input.", DefaultValueFactory = _ => "-" };
        command.Arguments.Add(file);
        command.SetAction(session, console, async (client, parsed, cancellationToken) =>
        {
            var name = parsed.GetValue(file)!;
            await using var input = name == "-" ? console.Input : File.OpenRead(name);
            return await RunAsync(client, console, session.Output(parsed), input, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(KvClusterClient client, CliConsole console, OutputFormat? format, Stream input, CancellationToken cancellationToken)
    {
        var code = ExitCode.Ok;
        var number = 0;
        var operations = new List<KvBatchOperation>();
        try
        {
            await foreach (var line in LineReader.ReadAsync(input, cancellationToken))
            {
                number++;
                if (line.Span.Trim(" \t\r"u8).IsEmpty) continue;
                operations.Add(OperationReader.Read(line.Span));
                if (operations.Count == OperationsAtOnce) code = Math.Max(code, await SendAsync());
            }
        }
        catch (RecordFormatException wrong)
        {
            throw new UsageException($"Line {number} is no operation: {wrong.Message} Those before line {number - operations.Count} were run.");
        }

        return Math.Max(code, await SendAsync());

        async Task<int> SendAsync()
        {
            var results = await client.BatchAsync(operations, cancellationToken);
            var worst = ExitCode.Ok;
            for (var i = 0; i < results.Length; i++) worst = Math.Max(worst, await BatchReport.ShowAsync(console, format, operations[i].Key, results[i], cancellationToken));
            operations.Clear();
            return worst;
        }
    }
}
