using KvCluster.Cli;

using var interrupt = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    // The first Ctrl+C ends the work in an orderly way, the second one the process.
    press.Cancel = !interrupt.IsCancellationRequested;
    interrupt.Cancel();
};
return await new KvTool(CliConsole.OfProcess()).RunAsync(args, interrupt.Token);
