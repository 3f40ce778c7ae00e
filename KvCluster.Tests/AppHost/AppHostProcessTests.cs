using System.Reflection;
using KvCluster.AppHost.Machine;
using Xunit;

namespace KvCluster.Tests.AppHost;

/// <summary>The AppHost as a process, with servers that only wait for the end of their input.</summary>
public sealed class AppHostProcessTests : IDisposable
{
    private const int Servers = 4;
    private static readonly string[] Arguments = ["--slaves", "1", "--ephemeral", "--server-program", "/bin/cat"];
    private readonly TemporaryFolder _temporary = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task Killed_LeavesNoServerBehind()
    {
        SkipOnWindows();
        using var appHost = AppHostProcess.Start(_temporary, Arguments);
        var servers = await appHost.ReadStartedServersAsync(Servers, Cancellation);

        appHost.Kill();

        foreach (var server in servers)
            await AppHostProcess.WaitUntilGoneAsync(server, Cancellation);
    }

    [Fact]
    public async Task DotnetRunKilled_TakesTheAppHostAndItsServersAlong()
    {
        SkipOnWindows();
        var project = Path.Combine(BuiltPaths.AppHostFolder, "KvCluster.AppHost.csproj");
        var configuration = typeof(AppHostProcessTests).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        string[] run = ["run", "--no-build", "--configuration", configuration, "--project", project, "--"];
        using var command = AppHostProcess.StartCommand(_temporary, [.. run, .. Arguments]);
        var servers = await command.ReadStartedServersAsync(Servers, Cancellation);

        command.Kill();

        foreach (var server in servers)
            await AppHostProcess.WaitUntilGoneAsync(server, Cancellation);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TerminatedOrInterrupted_StopsTheServersAndDeletesTheThrowAwayData(bool isInterrupt)
    {
        SkipOnWindows();
        using var appHost = AppHostProcess.Start(_temporary, Arguments);
        var servers = await appHost.ReadStartedServersAsync(Servers, Cancellation);
        Assert.Single(DataFolders());

        var duration = await (isInterrupt ? appHost.InterruptAsync(Cancellation) : appHost.StopAsync(Cancellation));

        Assert.InRange(duration, TimeSpan.Zero, TimeSpan.FromSeconds(6));
        Assert.Equal(0, appHost.ExitCode);
        foreach (var server in servers)
            await AppHostProcess.WaitUntilGoneAsync(server, Cancellation);
        Assert.Empty(DataFolders());
    }

    private static void SkipOnWindows() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs the programs of a Unix system.");

    private string[] DataFolders() =>
        [
            .. Directory.GetDirectories(_temporary.Path, "kvcluster-*")
                .Where(folder => !folder.Contains("kvcluster-ports-", StringComparison.Ordinal)),
        ];
}
