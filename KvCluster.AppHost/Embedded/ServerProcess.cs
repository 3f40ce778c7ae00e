using System.Diagnostics;
using System.Text;
using KvCluster.Hosting.Machine;
using KvCluster.Hosting.Plan;

namespace KvCluster.AppHost.Embedded;

/// <summary>One run of a server.</summary>
/// <remarks>
/// Its standard input is a pipe of which the AppHost alone holds the other end. When the AppHost ends, in whatever way, the system closes
/// that end, the server reads the end of its input and stops: no server outlives its AppHost, and nothing has to be left running for it.
/// </remarks>
internal sealed class ServerProcess : IDisposable
{
    /// <summary>How long the last lines of an ended server are waited for; a process that it started may still hold its output
    /// open.</summary>
    private static readonly TimeSpan OutputPatience = TimeSpan.FromSeconds(1);
    private readonly Process _process;
    private Task _output = Task.CompletedTask;

    private ServerProcess(Process process)
    {
        _process = process;
        Id = process.Id;
    }

    public int Id { get; }

    /// <exception cref="System.ComponentModel.Win32Exception">The program cannot be started.</exception>
    public static ServerProcess Start(ServerCommand command, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var start = new ProcessStartInfo(command.Program, command.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            UseShellExecute = false,
            WorkingDirectory = command.Folder,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        start.Environment[ServerEnvironment.ExitWithParent] = "true";
        return new ServerProcess(Process.Start(start)!);
    }

    /// <summary>Hands on each line of its output. To be called soon: a server whose output nobody reads comes to a halt.</summary>
    public void ReadOutput(Action<string> onLine) =>
        _output = Task.WhenAll(PumpAsync(_process.StandardOutput, onLine), PumpAsync(_process.StandardError, onLine));

    /// <summary>Waits for its end and its last line. A killed process has 128 plus the number of the signal.</summary>
    public async Task<int> WaitForExitAsync(CancellationToken cancellation)
    {
        await _process.WaitForExitAsync(cancellation);
        await Task.WhenAny(_output, Task.Delay(OutputPatience, cancellation));
        return _process.ExitCode;
    }

    /// <summary>Asks it to stop, and kills it when it has not done so in time.</summary>
    /// <returns>False if it had to be killed.</returns>
    public async Task<bool> StopAsync(TimeSpan grace, CancellationToken kill)
    {
        RequestStop();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(kill);
        deadline.CancelAfter(grace);
        try
        {
            await WaitForExitAsync(deadline.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            await WaitForExitAsync(CancellationToken.None);
            return false;
        }
    }

    public void Dispose() => _process.Dispose();

    private void RequestStop()
    {
        if (OperatingSystem.IsWindows())
            _process.StandardInput.Close();
        else if (!_process.HasExited)
            UnixSignals.RequestStop(Id);
    }

    private static async Task PumpAsync(StreamReader reader, Action<string> onLine)
    {
        try
        {
            while (await reader.ReadLineAsync() is { } line)
                onLine(line);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The server has ended and its output was closed, though a process that it had started still held the other end.
        }
    }
}
