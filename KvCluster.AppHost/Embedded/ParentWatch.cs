using System.Diagnostics;
using KvCluster.Hosting.Machine;

namespace KvCluster.AppHost.Embedded;

/// <summary>Notices the end of the <c>dotnet</c> command that started this process, such as a <c>dotnet run</c> that was killed.</summary>
/// <remarks>
/// Who kills <c>dotnet run</c> means the cluster, but the AppHost is a process of its own and would go on. A parent of another name, such
/// as a shell, may end without meaning anything by it, so only this one counts. On Windows closing the console reaches all of them.
/// </remarks>
internal static class ParentWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Calls <paramref name="onEnd"/> when the parent has ended; returns when that or the cancellation happened.</summary>
    public static async Task RunAsync(Action onEnd, TimeProvider time, CancellationToken cancellation)
    {
        if (OperatingSystem.IsWindows() || !IsDotnetCommand(UnixSignals.ParentProcessId()))
            return;
        var parent = UnixSignals.ParentProcessId();
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                if (UnixSignals.ParentProcessId() == parent)
                    continue;
                onEnd();
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // The AppHost ends by itself.
        }
    }

    private static bool IsDotnetCommand(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return process.ProcessName == "dotnet";
        }
        catch (ArgumentException)
        {
            // It has ended already, before anything was started.
            return false;
        }
    }
}
