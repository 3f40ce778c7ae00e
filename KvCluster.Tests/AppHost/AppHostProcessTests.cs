using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using KvCluster.AppHost.Embedded;
using KvCluster.AppHost.Machine;
using Xunit;

namespace KvCluster.Tests.AppHost;

/// <summary>The AppHost as a process of its own, with servers that only wait for the end of their input.</summary>
public sealed partial class AppHostProcessTests : IDisposable
{
    private const int Servers = 4;
    private readonly TemporaryFolder _temporary = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task Killed_LeavesNoServerBehind()
    {
        SkipOnWindows();
        using var appHost = Start(BuiltPaths.AppHostProgram);
        var servers = await ReadServerProcessesAsync(appHost);

        appHost.Kill();

        foreach (var server in servers)
            await WaitUntilGoneAsync(server);
    }

    [Fact]
    public async Task DotnetRunKilled_TakesTheAppHostAndItsServersAlong()
    {
        SkipOnWindows();
        var project = Path.Combine(BuiltPaths.AppHostFolder, "KvCluster.AppHost.csproj");
        var configuration = typeof(AppHostProcessTests).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        using var run = Start("run", "--no-build", "--configuration", configuration, "--project", project, "--");
        var servers = await ReadServerProcessesAsync(run);

        run.Kill();

        foreach (var server in servers)
            await WaitUntilGoneAsync(server);
    }

    [Fact]
    public async Task Terminated_StopsTheServersAndDeletesTheThrowAwayData()
    {
        SkipOnWindows();
        using var appHost = Start(BuiltPaths.AppHostProgram);
        var servers = await ReadServerProcessesAsync(appHost);
        Assert.Single(DataFolders());

        var clock = Stopwatch.StartNew();
        UnixSignals.RequestStop(appHost.Id);
        await appHost.WaitForExitAsync(Cancellation);

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(6));
        Assert.Equal(0, appHost.ExitCode);
        foreach (var server in servers)
            await WaitUntilGoneAsync(server);
        Assert.Empty(DataFolders());
    }

    private static void SkipOnWindows() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs the programs of a Unix system.");

    private string[] DataFolders() =>
        [
            .. Directory.GetDirectories(_temporary.Path, "kvcluster-*")
                .Where(folder => !folder.Contains("kvcluster-ports-", StringComparison.Ordinal)),
        ];

    private Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [.. arguments, "--slaves", "1", "--ephemeral", "--server-program", "/bin/cat"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["TMPDIR"] = _temporary.Path;
        return Process.Start(start)!;
    }

    private static async Task<List<int>> ReadServerProcessesAsync(Process appHost)
    {
        var servers = new List<int>();
        while (servers.Count < Servers)
        {
            var line = await appHost.StandardOutput.ReadLineAsync(Cancellation);
            Assert.NotNull(line);
            if (StartedLine().Match(line) is { Success: true } match)
                servers.Add(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
        }

        return servers;
    }

    private static async Task WaitUntilGoneAsync(int processId)
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
            await process.WaitForExitAsync(Cancellation);
    }

    [GeneratedRegex("started, process ([0-9]+),")]
    private static partial Regex StartedLine();
}
