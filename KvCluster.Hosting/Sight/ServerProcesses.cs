using System.Diagnostics;
using KvCluster.Hosting.Machine;
using KvCluster.Protocol.Contracts;

namespace KvCluster.Hosting.Sight;

/// <summary>The processes behind the servers of this machine, as the servers named them, and what can be done to them.</summary>
/// <remarks>
/// A server that is paused or gone names its process no more, so the last that it named counts, together with the time at which that process
/// was started: the system gives a number out again, and another program must never get a signal that was meant for a server.
/// </remarks>
internal sealed class ServerProcesses
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <summary>Remembers every process that a server names.</summary>
    public void Note(ClusterStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        foreach (var server in status.Servers.Where(server => server.ProcessId > 0))
            Note(server.Name, server.ProcessId);
    }

    public ServerProcessState StateOf(string server)
    {
        lock (_lock)
        {
            if (!_known.ContainsKey(server))
                return ServerProcessState.Unknown;
            using var process = Find(server);
            if (process is null)
                return ServerProcessState.Ended;
            return _known[server].IsPaused ? ServerProcessState.Paused : ServerProcessState.Running;
        }
    }

    /// <returns>False when there is no such process any more.</returns>
    public bool TryKill(string server) => TryDo(server, process => process.Kill(), isPaused: false);

    /// <inheritdoc cref="TryKill"/>
    public bool TryPause(string server) => TryDo(server, process => UnixSignals.Pause(process.Id), isPaused: true);

    /// <inheritdoc cref="TryKill"/>
    public bool TryResume(string server) => TryDo(server, process => UnixSignals.Resume(process.Id), isPaused: false);

    /// <summary>Remembers a server's process.</summary>
    public void Note(string server, int processId)
    {
        lock (_lock)
        {
            if (_known.TryGetValue(server, out var known) && known.ProcessId == processId && StartOf(processId) == known.Started)
                return;
            if (StartOf(processId) is { } started)
                _known[server] = new Known(processId, started, IsPaused: false);
        }
    }

    private bool TryDo(string server, Action<Process> action, bool isPaused)
    {
        lock (_lock)
        {
            using var process = Find(server);
            if (process is null)
                return false;
            action(process);
            _known[server] = _known[server] with { IsPaused = isPaused };
            return true;
        }
    }

    private Process? Find(string server)
    {
        if (!_known.TryGetValue(server, out var known) || StartOf(known.ProcessId) != known.Started)
            return null;
        try
        {
            return Process.GetProcessById(known.ProcessId);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>None when no such process runs.</summary>
    private static DateTime? StartOf(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return process.HasExited ? null : process.StartTime;
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private readonly record struct Known(int ProcessId, DateTime Started, bool IsPaused);
}
