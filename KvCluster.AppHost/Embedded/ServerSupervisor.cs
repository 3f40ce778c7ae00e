using System.ComponentModel;
using KvCluster.Hosting.Plan;

namespace KvCluster.AppHost.Embedded;

/// <summary>Keeps one server running until it is told to stop: starts it, and starts it again after each end.</summary>
internal sealed class ServerSupervisor(ServerPlan server, ServerCommand command, IClusterReporter reporter, TimeProvider time)
{
    /// <summary>With the time to kill and to clean up it stays below the six seconds that the whole stop may take.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(4.5);
    private readonly RestartBackoff _backoff = new();
    private CancellationTokenSource? _pause;

    /// <summary>A process began or ended: argument is its id, or none.</summary>
    public event Action<int?>? ProcessChanged;

    /// <param name="stop">Asks the server to stop.</param>
    /// <param name="kill">Does not wait for that any longer.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken kill)
    {
        while (!stop.IsCancellationRequested)
        {
            var delay = await RunOnceAsync(stop, kill);
            await PauseAsync(delay, stop);
        }
    }

    /// <summary>Ends the pause before the next start.</summary>
    /// <returns>False when there is none: the server runs, or was asked to stop.</returns>
    public bool TryStartNow()
    {
        if (Volatile.Read(ref _pause) is not { } pause)
            return false;
        try
        {
            pause.Cancel();
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private async Task PauseAsync(TimeSpan delay, CancellationToken stop)
    {
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Volatile.Write(ref _pause, pause);
        try
        {
            await Task.Delay(delay, time, pause.Token);
        }
        catch (OperationCanceledException)
        {
            // Somebody does not want to wait, or the cluster stops.
        }
        finally
        {
            Volatile.Write(ref _pause, null);
        }
    }

    private async Task<TimeSpan> RunOnceAsync(CancellationToken stop, CancellationToken kill)
    {
        var started = time.GetTimestamp();
        ServerProcess process;
        try
        {
            process = ServerProcess.Start(command, server.Environment);
        }
        catch (Win32Exception error)
        {
            var delay = _backoff.Next(TimeSpan.Zero);
            reporter.OnServerStartFailed(server, error.Message, delay);
            return delay;
        }

        using (process)
        {
            reporter.OnServerStarted(server, process.Id);
            process.ReadOutput(line => reporter.OnServerLine(server, line));
            ProcessChanged?.Invoke(process.Id);
            try
            {
                return await WaitForEndAsync(process, started, stop, kill);
            }
            finally
            {
                ProcessChanged?.Invoke(null);
            }
        }
    }

    private async Task<TimeSpan> WaitForEndAsync(ServerProcess process, long started, CancellationToken stop, CancellationToken kill)
    {
        try
        {
            var exitCode = await process.WaitForExitAsync(stop);
            var delay = _backoff.Next(time.GetElapsedTime(started));
            reporter.OnServerExited(server, exitCode, delay);
            return delay;
        }
        catch (OperationCanceledException)
        {
            if (!await process.StopAsync(StopGrace, kill))
                reporter.OnServerKilled(server);
            return TimeSpan.Zero;
        }
    }
}
