using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using KvCluster.AppHost.Machine;
using KvCluster.Hosting.Machine;
using KvCluster.Tests.Processes;

namespace KvCluster.Tests.AppHost;

/// <summary>The AppHost as a process of its own.</summary>
internal sealed partial class AppHostProcess : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);

    private readonly Process _process;

    private AppHostProcess(Process process) => _process = process;

    public int ExitCode => _process.ExitCode;

    /// <param name="temporary">Where it and its servers keep their temporary files.</param>
    /// <param name="arguments">Its command line.</param>
    public static AppHostProcess Start(TemporaryFolder temporary, params string[] arguments) =>
        StartCommand(temporary, [BuiltPaths.AppHostProgram, .. arguments]);

    /// <summary>Starts <c>dotnet</c> with any arguments.</summary>
    public static AppHostProcess StartCommand(TemporaryFolder temporary, params string[] arguments)
    {
        // Whoever runs the tests in the background of a script has them ignore an interrupt, and ignoring it is inherited.
        string[] command = OperatingSystem.IsLinux() ? ["env", "--default-signal=INT", "dotnet", .. arguments] : ["dotnet", .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true };
        start.Environment["TMPDIR"] = temporary.Path;
        return new AppHostProcess(Process.Start(start)!);
    }

    /// <summary>Reads its output up to the first line that contains the text.</summary>
    /// <exception cref="EndOfStreamException">It ended, or two minutes passed, without such a line; the message has all that it said.</exception>
    public async Task<string> ReadToAsync(string text, CancellationToken cancellation)
    {
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        wait.CancelAfter(LongestWait);
        var seen = new List<string>();
        try
        {
            while (await _process.StandardOutput.ReadLineAsync(wait.Token) is { } line)
            {
                if (line.Contains(text, StringComparison.Ordinal))
                    return line;
                seen.Add(line);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Said below, with what came instead.
        }

        throw new EndOfStreamException($"No line with \"{text}\" in:\n{string.Join('\n', seen)}");
    }

    /// <summary>Process ids of the servers that it starts next, in their order.</summary>
    public async Task<List<int>> ReadStartedServersAsync(int count, CancellationToken cancellation)
    {
        var servers = new List<int>();
        while (servers.Count < count)
        {
            var line = await ReadToAsync(" started, process ", cancellation);
            servers.Add(int.Parse(StartedLine().Match(line).Groups[1].Value, CultureInfo.InvariantCulture));
        }

        return servers;
    }

    /// <summary>Reads what it goes on to say until it ends: a process whose output nobody reads comes to a halt.</summary>
    public async Task DrainAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is not null)
        {
        }
    }

    public void Kill() => _process.Kill();

    /// <summary>Asks it to stop (SIGTERM).</summary>
    /// <returns>How long it took.</returns>
    public Task<TimeSpan> StopAsync(CancellationToken cancellation) => EndAsync(UnixSignals.RequestStop, cancellation);

    /// <summary>Asks it to stop as Ctrl+C does (SIGINT).</summary>
    /// <returns>How long it took.</returns>
    public Task<TimeSpan> InterruptAsync(CancellationToken cancellation) => EndAsync(Signals.Interrupt, cancellation);

    private async Task<TimeSpan> EndAsync(Action<int> ask, CancellationToken cancellation)
    {
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        wait.CancelAfter(LongestWait);
        var clock = Stopwatch.StartNew();
        ask(_process.Id);
        while (await _process.StandardOutput.ReadLineAsync(wait.Token) is not null)
        {
            // A process whose output nobody reads could not end.
        }

        await _process.WaitForExitAsync(wait.Token);
        return clock.Elapsed;
    }

    /// <summary>Returns when a process that another one started has ended.</summary>
    public static async Task WaitUntilGoneAsync(int processId, CancellationToken cancellation)
    {
        Process process;
        try
        {
            process = Process.GetProcessById(processId);
        }
        catch (ArgumentException)
        {
            return;
        }

        using (process)
            await process.WaitForExitAsync(cancellation);
    }

    /// <summary>Kills it if it still runs, so that a test that failed leaves nothing behind.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    [GeneratedRegex("started, process ([0-9]+),")]
    private static partial Regex StartedLine();
}
