using System.Diagnostics;

namespace KvCluster.Tests.Processes;

/// <summary>A short command of the operating system, its exit code and what it printed.</summary>
internal static class SystemCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static (int ExitCode, string Printed) TryRun(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var printed = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(Patience)) throw new TimeoutException($"{program} {string.Join(' ', arguments)} does not end.");
        return (process.ExitCode, printed + errors.GetAwaiter().GetResult());
    }

    public static void Run(string program, params string[] arguments)
    {
        var (exitCode, printed) = TryRun(program, arguments);
        if (exitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {exitCode}: {printed}");
    }
}
