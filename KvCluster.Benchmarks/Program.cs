using System.CommandLine;
using KvCluster.Benchmarks;
using KvCluster.Benchmarks.Commands;
using KvCluster.Benchmarks.Recovery;

const int CannotMeasure = 1;
using var http = new HttpClient();
var root = new RootCommand("Measures a KvCluster on this machine.")
{
    new LoadCommand(),
    new Command("compare", "Measures another system and the cluster in turns in one run.") { new CompareHttpCommand(), new CompareEtcdCommand(), new CompareRedisCommand(), new CompareTelemetryCommand() },
    new MemoryCommand(),
    new IdleConnectionsCommand(),
    new RecoveryCommand("failover", "How long writes are away when the main of a node is killed.", new KilledServer(isMain: true)),
    new RecoveryCommand("replica-loss", "How long writes are away when the replica of a node is killed.", new KilledServer(isMain: false)),
    new RecoveryCommand("handover", "How long writes are away when main and replica of a node swap as planned.", new PlannedHandOver(http)),
    new MasterLossCommand(),
    new CatchUpCommand(),
    new RestartCommand(),
    new TopologyCommand(),
    new MicroCommand(),
    new BareServerCommand(),
};
if (!OperatingSystem.IsLinux())
{
    await Console.Error.WriteLineAsync("error: The benchmarks wait with epoll and read /proc: they run on Linux only.");
    return CannotMeasure;
}

try
{
    // A throw-away cluster is stopped in order after Ctrl+C, which takes some seconds.
    var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
    return await root.Parse(args).InvokeAsync(invocation);
}
catch (BenchmarkException error)
{
    await Console.Error.WriteLineAsync($"error: {error.Message}");
    return CannotMeasure;
}
catch (OperationCanceledException)
{
    await Console.Error.WriteLineAsync("Stopped.");
    return CannotMeasure;
}
