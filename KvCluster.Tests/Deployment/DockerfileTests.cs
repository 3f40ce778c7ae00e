namespace KvCluster.Tests.Deployment;

/// <summary>The image's recipe, held against the repository; no engine is needed to see what would be wrong.</summary>
public sealed class DockerfileTests
{
    private static readonly string[][] Steps = [.. Instructions()];

    [Fact]
    public void EverySource_IsInTheRepository()
    {
        var copied = Steps.Where(step => step[0] == "COPY" && !step.Any(word => word.StartsWith("--from=", StringComparison.Ordinal))).SelectMany(step => step[1..^1]).ToArray();

        Assert.NotEmpty(copied);
        Assert.All(copied, source => Assert.True(Path.Exists(Path.Combine(Chart.Root, source)), $"There is no {source}."));
    }

    [Fact]
    public void EveryProjectOfTheServer_IsCopied()
    {
        var copied = Steps.Where(step => step[0] == "COPY").SelectMany(step => step).ToHashSet();

        Assert.All(ProjectsOf("KvCluster.Node"), project => Assert.Contains($"{project}/", copied));
    }

    [Fact]
    public void Image_RunsTheServerAsNobodyInParticular()
    {
        var last = Steps[(Array.FindLastIndex(Steps, step => step[0] == "FROM") + 1)..];

        Assert.Equal("1654:1654", Assert.Single(last, step => step[0] == "USER")[1]);
        Assert.Equal(["ENTRYPOINT", "[\"dotnet\",", "\"KvCluster.Node.dll\"]"], Assert.Single(last, step => step[0] == "ENTRYPOINT"));
        Assert.Equal("SIGTERM", Assert.Single(last, step => step[0] == "STOPSIGNAL")[1]);
        Assert.Equal("/data", Assert.Single(last, step => step[0] == "VOLUME")[1]);
        Assert.DoesNotContain(Steps, step => step[0] == "ADD");
    }

    [Fact]
    public void Image_ListensWhereTheChartSays()
    {
        var ports = Chart.Map(Chart.Values["ports"]);

        Assert.Equal([$"{ports["http"]}", $"{ports["peer"]}"], Assert.Single(Steps, step => step[0] == "EXPOSE")[1..]);
    }

    private static IEnumerable<string> ProjectsOf(string project)
    {
        var references = File.ReadAllLines(Path.Combine(Chart.Root, project, $"{project}.csproj"))
            .Where(line => line.Contains("<ProjectReference", StringComparison.Ordinal))
            .Select(line => line.Split('"')[1].Replace('\\', '/').Split('/')[1]);
        return references.SelectMany(ProjectsOf).Append(project).Distinct();
    }

    private static IEnumerable<string[]> Instructions()
    {
        var text = File.ReadAllText(Path.Combine(Chart.Root, "Dockerfile")).Replace("\\\n", " ", StringComparison.Ordinal);
        return text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }
}
