using System.CommandLine;
using KvCluster.Benchmarks.Cluster;

namespace KvCluster.Benchmarks.Commands;

/// <summary>The options by which a command is told which cluster to measure.</summary>
internal sealed class ClusterOptions(int slavesByDefault = 0)
{
    private readonly Option<string?> _stateFile = new("--state-file")
    {
        Description = "State file of an AppHost that runs [default: start a throw-away cluster].",
        HelpName = "FILE",
    };

    private readonly Option<Uri?> _url = new("--url")
    {
        Description = "Any server of a cluster that runs; the cost of its processes is not measured then.",
        HelpName = "URL",
    };

    private readonly Option<int> _slaves = new("--slaves")
    {
        Description = "Nodes beside the master node of the throw-away cluster.",
        DefaultValueFactory = _ => slavesByDefault,
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_stateFile);
        command.Options.Add(_url);
        command.Options.Add(_slaves);
    }

    public ClusterChoice Read(ParseResult parsed) => new(parsed.GetValue(_stateFile), parsed.GetValue(_url), parsed.GetValue(_slaves));
}
