using KvCluster.Node.Options;

namespace KvCluster.Node.Host;

/// <summary>Ends the process when closing it takes longer than it may: a disk that hangs, a collector of telemetry that does not answer.</summary>
/// <remarks>
/// What was acknowledged is on the disk long before, and what is not closed is found again as after a crash. Together with the way of the signal it
/// stays below the six seconds that a stop may take, and below the time that the AppHost gives its servers.
/// </remarks>
internal sealed partial class StopLimit(KvNodeOptions options, ServerHost host, ILogger<StopLimit> logger)
{
    /// <summary>From the request to stop on, the delay of the options not counted.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(4.25);

    // A thread of its own: the pool may be what hangs. It keeps no process alive that has closed in time.
    public void Begin() => new Thread(End) { IsBackground = true, Name = "kv-stop" }.Start();

    private void End()
    {
        var limit = Limit + TimeSpan.FromMilliseconds(options.ShutdownDelayMilliseconds);
        Thread.Sleep(limit);
        LogCutOff(logger, options.Name, (long)limit.TotalMilliseconds);
        Environment.Exit(host.ExitCode);
    }

    [LoggerMessage(1014, LogLevel.Warning, "{Name} has not closed after {Milliseconds} ms and ends as it is.")]
    private static partial void LogCutOff(ILogger logger, string name, long milliseconds);
}
