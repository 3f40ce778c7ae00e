using KvCluster.AppHost.Commands;
using KvCluster.Hosting.Plan;
using Xunit;

namespace KvCluster.Tests.AppHost;

public sealed class AppHostCommandTests
{
    [Fact]
    public async Task Run_NoArguments_StartsTheDefaultCluster()
    {
        var options = await ParsedAsync();

        Assert.Equal(new ClusterPlanOptions { Metrics = true }, options.Plan);
        Assert.False(options.Embedded);
    }

    [Fact]
    public async Task Run_AllOptions_ReachThePlan()
    {
        var stateFile = Path.Combine(Path.GetTempPath(), "state.json");

        var options = await ParsedAsync(
            "--slaves", "5", "--replicas", "false", "--witness", "--data", "here", "--base-port", "7000",
            "--state-file", stateFile, "--server-program", "kv");

        var expected = new ClusterPlanOptions
        {
            Slaves = 5,
            Replicas = false,
            Witness = true,
            DataDirectory = "here",
            BasePort = 7000,
            StateFile = stateFile,
        };
        Assert.Equal(expected, options.Plan);
        Assert.Equal("kv", options.ServerProgram);
        Assert.True(options.Embedded);
    }

    [Fact]
    public async Task Run_SeveralMistakes_NamesThemAllAndStartsNothing()
    {
        var error = new StringWriter();
        var command = new AppHostCommand(_ => throw new InvalidOperationException("Nothing may start."), acceptsUnknown: false);

        string[] arguments = ["--slaves", "many", "--base-port", "80", "--data", "x", "--ephemeral", "--slavs"];
        var exitCode = await command.RunAsync(arguments, new StringWriter(), error);

        Assert.Equal(AppHostCommand.UsageError, exitCode);
        var lines = error.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(5, lines.Length);
        Assert.Contains(lines, line => line.Contains("'many'", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("'--slavs'", StringComparison.Ordinal));
        Assert.Contains("error: --base-port must be from 1024 to 65483 for 6 servers, not 80.", lines);
        Assert.Contains(lines, line => line.Contains("--ephemeral exclude each other", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_AspireBuiltIn_HandsOnWhatItDoesNotKnow()
    {
        AppHostOptions? options = null;
        var command = new AppHostCommand(
            given =>
            {
                options = given;
                return Task.FromResult(0);
            },
            acceptsUnknown: true);

        await command.RunAsync(["--slaves", "1", "--operation", "publish"], new StringWriter(), new StringWriter());

        Assert.Equal(["--operation", "publish"], options?.Rest);
        Assert.Equal(1, options?.Plan.Slaves);
    }

    private static async Task<AppHostOptions> ParsedAsync(params string[] arguments)
    {
        AppHostOptions? options = null;
        var command = new AppHostCommand(
            given =>
            {
                options = given;
                return Task.FromResult(0);
            },
            acceptsUnknown: false);
        var error = new StringWriter();

        var exitCode = await command.RunAsync(arguments, new StringWriter(), error);

        Assert.Equal("", error.ToString());
        Assert.Equal(0, exitCode);
        return options!;
    }
}
