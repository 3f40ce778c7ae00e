using System.Reflection;
using KvCluster.Hosting.Plan;
using KvCluster.Tests.Deployment;
using KvCluster.Tests.Processes;

namespace KvCluster.Tests.WithoutAspire;

/// <summary>The library as it is built where Aspire cannot be had: nothing in it for others, and said so.</summary>
public sealed class LibraryWithoutAspireTests
{
    [Fact]
    public void PublicTypes_AreOnlyTheOneThatTellsWhatToDo()
    {
        var type = Assert.Single(typeof(ClusterPlan).Assembly.GetExportedTypes());
        var methods = type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly);
        Assert.Equal(["AddKvCluster", "AddKvCluster"], methods.Select(method => method.Name));
        Assert.All(methods, method =>
        {
            var advice = method.GetCustomAttribute<ObsoleteAttribute>();
            Assert.True(advice is { IsError: true });
            Assert.Contains("-p:UseAspire=true", advice.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Pack_IsRefused()
    {
        var folder = Directory.CreateTempSubdirectory("kv-pack-");
        try
        {
            var (exitCode, printed) = SystemCommand.TryRun("dotnet", "pack", Path.Combine(Chart.Root, "KvCluster.Hosting"), "--no-build", "-p:UseAspire=false", "-nodeReuse:false", "--output", folder.FullName);
            Assert.NotEqual(0, exitCode);
            Assert.Contains("error KVC0001: This build of KvCluster.Hosting has no Aspire in it", printed, StringComparison.Ordinal);
            Assert.Empty(folder.EnumerateFileSystemInfos());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
