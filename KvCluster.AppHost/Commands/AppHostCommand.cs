using System.CommandLine;
using KvCluster.Hosting.Plan;

namespace KvCluster.AppHost.Commands;

/// <summary>The command line of the AppHost.</summary>
internal sealed class AppHostCommand
{
    public const int UsageError = 2;
    private readonly Option<int> _slaves = new("--slaves")
    {
        Description = "Nodes beside the master node.",
        DefaultValueFactory = _ => 2,
    };

    private readonly Option<bool> _replicas = new("--replicas")
    {
        Description = "Whether each node has a replica beside its main.",
        DefaultValueFactory = _ => true,
    };

    private readonly Option<bool?> _witness = new("--witness")
    {
        Description = "Whether to start a server that votes and holds no data [default: where two servers hold data].",
    };

    private readonly Option<string?> _data = new("--data")
    {
        Description = "Folder for the data of all servers [default: one under the user's local application data].",
        HelpName = "DIR",
    };

    private readonly Option<bool> _ephemeral = new("--ephemeral")
    {
        Description = "Keep the data in a temporary folder and delete it at the end.",
    };

    private readonly Option<int?> _basePort = new("--base-port")
    {
        Description = "First port; each server takes the next ten [default: free ports, the same again at each start].",
        HelpName = "PORT",
    };

    private readonly Option<string?> _stateFile = new("--state-file")
    {
        Description = "Write who runs where to this JSON file, and keep it true (implies --embedded).",
        HelpName = "FILE",
    };

    private readonly Option<string?> _serverProgram = new("--server-program")
    {
        Description = "Server to start instead of the one built here (implies --embedded).",
        HelpName = "FILE",
    };

    private readonly Option<bool> _embedded = new("--embedded")
    {
        Description = "Start the servers without Aspire, also where Aspire was built in.",
    };

    private readonly Option<int?> _pagePort = new("--page-port")
    {
        Description = "Serve the page that shows the cluster at this port [default: any free one; no page with --state-file] (implies --embedded).",
        HelpName = "PORT",
    };

    private readonly Option<bool> _noPage = new("--no-page")
    {
        Description = "Serve no page.",
    };

    private readonly Option<bool> _load = new("--load")
    {
        Description = "Run a load writer beside the cluster, which keeps a ledger of what was acknowledged, verified and lost.",
    };

    private readonly RootCommand _root;

    /// <param name="run">Runs the cluster; returns the exit code.</param>
    /// <param name="acceptsUnknown">True where Aspire takes the arguments that are not known here.</param>
    public AppHostCommand(Func<AppHostOptions, Task<int>> run, bool acceptsUnknown)
    {
        _root = new RootCommand("Starts a KvCluster on this machine: a master node and slave nodes, each a main and a replica.")
        {
            _slaves, _replicas, _witness, _data, _ephemeral, _basePort, _stateFile, _serverProgram, _embedded, _pagePort, _noPage, _load,
        };
        _root.TreatUnmatchedTokensAsErrors = !acceptsUnknown;
        _root.SetAction((parsed, _) => run(Options(parsed)));
    }

    /// <summary>Mistakes end with <see cref="UsageError"/> and one line for each on the error output.</summary>
    public async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error)
    {
        var parsed = _root.Parse(arguments);
        var mistakes = Mistakes(parsed);
        if (mistakes.Count > 0)
        {
            foreach (var mistake in mistakes)
                await error.WriteLineAsync($"error: {mistake}");
            await error.WriteLineAsync("Use --help for the options.");
            return UsageError;
        }

        // The servers end before the process does, so signals are handled where they run and not by a time-out here.
        var invocation = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            ProcessTerminationTimeout = null,
            EnableDefaultExceptionHandler = false,
        };
        return await parsed.InvokeAsync(invocation);
    }

    private List<string> Mistakes(ParseResult parsed) =>
        [.. parsed.Errors.Select(mistake => mistake.Message), .. ClusterPlanValidator.Validate(PlanOptions(parsed)), .. PageMistakes(PagePort(parsed))];

    private AppHostOptions Options(ParseResult parsed)
    {
        var plan = PlanOptions(parsed);
        var serverProgram = parsed.GetValue(_serverProgram);
        var isEmbedded = parsed.GetValue(_embedded) || plan.StateFile is not null || serverProgram is not null || parsed.GetValue(_pagePort) is not null;
        return new AppHostOptions(plan, serverProgram, isEmbedded, PagePort(parsed), parsed.GetValue(_load), parsed.UnmatchedTokens);
    }

    private ClusterPlanOptions PlanOptions(ParseResult parsed)
    {
        var defaults = new ClusterPlanOptions();
        return new ClusterPlanOptions
        {
            Slaves = Value(parsed, _slaves, defaults.Slaves),
            Replicas = Value(parsed, _replicas, defaults.Replicas),
            Witness = Value(parsed, _witness, defaults.Witness),
            DataDirectory = Value(parsed, _data, defaults.DataDirectory),
            Ephemeral = Value(parsed, _ephemeral, defaults.Ephemeral),
            BasePort = Value(parsed, _basePort, defaults.BasePort),
            StateFile = Value(parsed, _stateFile, defaults.StateFile),
            Metrics = PagePort(parsed) is not null,
        };
    }

    /// <summary>Scripts read the state file, people the page.</summary>
    private int? PagePort(ParseResult parsed)
    {
        if (Value(parsed, _noPage, false))
            return null;
        return Value(parsed, _pagePort, null) ?? (Value(parsed, _stateFile, null) is null ? 0 : null);
    }

    private static IEnumerable<string> PageMistakes(int? port) =>
        port is < 0 or > 65_535 ? [$"--page-port must be 0 to 65535, not {port}."] : [];

    /// <summary>The default stands in for a text that could not be read, so that the mistakes in the other options are found all
    /// the same.</summary>
    private static T Value<T>(ParseResult parsed, Option<T> option, T otherwise) =>
        parsed.GetResult(option) is { Errors: var errors } && !errors.Any() ? parsed.GetValue(option)! : otherwise;
}
