using System.CommandLine;
using KvCluster.Cli.Commands;

namespace KvCluster.Cli;

/// <summary>The command line of <c>kv</c>.</summary>
internal sealed class KvTool(CliConsole console)
{
    public async Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var parsed = Build().Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) await console.Error.WriteLineAsync($"kv: {error.Message}");
            await console.Error.WriteLineAsync("Try 'kv --help' or 'kv COMMAND --help'.");
            return ExitCode.Usage;
        }

        var output = console.NewOutputWriter();
        await using (output)
        {
            var configuration = new InvocationConfiguration { Output = output, Error = console.Error, EnableDefaultExceptionHandler = false };
            return await parsed.InvokeAsync(configuration, cancellationToken);
        }
    }

    private RootCommand Build()
    {
        var session = new SessionOptions();
        var root = new RootCommand("Talk to a KvCluster, look at it, and bring data in and out.");
        session.AddTo(root);
        root.Subcommands.Add(GetCommand.Build(session, console));
        root.Subcommands.Add(PutCommand.Build(session, console));
        root.Subcommands.Add(PatchCommand.Build(session, console));
        root.Subcommands.Add(DeleteCommand.Build(session, console));
        root.Subcommands.Add(IncrementCommand.Build(session, console));
        root.Subcommands.Add(ListCommand.Build(session, console));
        root.Subcommands.Add(BatchCommand.Build(session, console));
        root.Subcommands.Add(ImportCommand.Build(session, console));
        root.Subcommands.Add(ExportCommand.Build(session, console));
        root.Subcommands.Add(StatusCommand.Build(session, console));
        root.Subcommands.Add(TopologyCommand.Build(session, console));
        root.Subcommands.Add(WhyCommand.Build(session, console));
        root.Subcommands.Add(NodeCommand.Build(session, console));
        root.Subcommands.Add(MasterCommand.Build(session, console));
        root.Subcommands.Add(ClusterCommand.Build(session, console));
        return root;
    }
}
