using System.CommandLine;
using KvCluster.Benchmarks;
using KvCluster.Benchmarks.Commands;

const int CannotMeasure = 1;
var root = new RootCommand("Measures a KvCluster on this machine.")
{
    new LoadCommand(),
    new Command("compare", "Measures another system and the cluster in turns in one run.") { new CompareHttpCommand(), new CompareEtcdCommand() },
    new MemoryCommand(),
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
