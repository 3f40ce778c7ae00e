using KvCluster.AppHost.Embedded;
using KvCluster.Hosting.Plan;
using Xunit;

namespace KvCluster.Tests.AppHost;

public sealed class ServerPaletteTests
{
    private static readonly ClusterPlan Plan =
        ClusterPlanBuilder.Build(new ClusterPlanOptions { Slaves = 1 }, Path.GetTempPath(), new SequentialPorts(7000));

    [Theory]
    [InlineData(null, "xterm", false, true)]
    [InlineData("", "xterm", false, true)]
    [InlineData("1", "xterm", false, false)]
    [InlineData(null, "dumb", false, false)]
    [InlineData(null, "xterm", true, false)]
    public void WantsColour_TerminalThatAllowsIt(string? noColor, string terminal, bool isRedirected, bool expected)
    {
        var environment = new Dictionary<string, string?> { ["NO_COLOR"] = noColor, ["TERM"] = terminal };

        Assert.Equal(expected, ServerPalette.WantsColour(name => environment.GetValueOrDefault(name), isRedirected));
    }

    [Fact]
    public void Line_WithoutColour_PadsTheNameToOneWidth()
    {
        var palette = new ServerPalette(Plan, isColoured: false);

        Assert.Equal("kv-master          | ready", palette.Line("kv-master", "ready"));
        Assert.Equal("kv-slave-1-replica | ready", palette.Line("kv-slave-1-replica", "ready"));
        Assert.Equal("apphost            | ready", palette.Line(ServerPalette.Own, "ready"));
    }

    [Fact]
    public void Line_WithColour_GivesEachServerItsOwnAndLeavesTheTextAlone()
    {
        var palette = new ServerPalette(Plan, isColoured: true);

        var lines = Plan.Servers.Select(server => palette.Line(server.Name, "ready")).ToList();

        Assert.Distinct(lines.Select(line => line[..line.IndexOf('m', StringComparison.Ordinal)]));
        Assert.All(lines, line => Assert.EndsWith("|\e[0m ready", line, StringComparison.Ordinal));
    }
}
