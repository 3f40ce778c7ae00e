using System.Diagnostics;

namespace KvCluster.Tests.Deployment;

/// <summary>Helm itself, where it is on the machine: what it renders is what these tests render.</summary>
public sealed class HelmTests
{
    [Fact]
    public async Task Lint_FindsNothing() => await RunAsync("lint", "--strict", Chart.Folder);

    [Fact]
    public async Task Template_MakesTheSameObjects()
    {
        var rendered = await RunAsync("template", Chart.Release, Chart.Folder, "--namespace", Chart.Namespace);

        Assert.Equal(
            Chart.Render().Objects.Select(one => (one.Kind, one.Name)).Order(),
            ChartObject.Split("\n" + rendered).Select(one => (one.Kind, one.Name)).Order());
    }

    private static async Task<string> RunAsync(params string[] arguments)
    {
        var isThere = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "helm")));
        Assert.SkipUnless(isThere, "Needs helm, which Debian has no package of.");
        using var helm = Process.Start(new ProcessStartInfo("helm", arguments) { RedirectStandardOutput = true })!;
        var said = await helm.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await helm.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(helm.ExitCode == 0, said);
        return said;
    }
}
