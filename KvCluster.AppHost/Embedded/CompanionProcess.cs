using System.Collections.Immutable;
using KvCluster.Hosting.Plan;

namespace KvCluster.AppHost.Embedded;

/// <summary>A program that runs beside the cluster and uses it, such as the sample's load. It is started once and stopped with the cluster.</summary>
/// <param name="Name">Stands before its lines.</param>
internal sealed record CompanionProcess(string Name, ServerCommand Command, ImmutableSortedDictionary<string, string> Environment)
{
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(2);

    /// <summary>Returns when it has ended.</summary>
    public async Task RunAsync(IClusterReporter reporter, CancellationToken stop, CancellationToken kill)
    {
        using var process = ServerProcess.Start(Command, Environment);
        process.ReadOutput(line => reporter.OnCompanionLine(Name, line));
        try
        {
            var exitCode = await process.WaitForExitAsync(stop);
            reporter.OnWarning(FormattableString.Invariant($"{Name} ended with exit code {exitCode}"));
        }
        catch (OperationCanceledException)
        {
            await process.StopAsync(StopGrace, kill);
        }
    }
}
