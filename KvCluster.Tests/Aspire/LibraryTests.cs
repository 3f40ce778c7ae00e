using System.IO.Compression;
using System.Reflection;
using System.Xml.Linq;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using KvCluster.Tests.Deployment;
using KvCluster.Tests.Processes;

namespace KvCluster.Tests.Aspire;

/// <summary>The library as others get it.</summary>
public sealed class LibraryTests
{
    [Fact]
    public void PublicTypes_AreWhatAnAppHostNeeds() => Assert.Equal(
        [typeof(KvClusterResource), typeof(KvClusterBuilderExtensions)],
        typeof(KvClusterResource).Assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal));

    [Fact]
    public void Pack_HasTheAspireCodeAndWhatOthersReadFirst()
    {
        var folder = Directory.CreateTempSubdirectory("kv-pack-");
        try
        {
            var configuration = typeof(LibraryTests).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
            SystemCommand.Run("dotnet", "pack", Path.Combine(Chart.Root, "KvCluster.Hosting"), "--no-build", "--configuration", configuration, "-p:UseAspire=true", "-nodeReuse:false", "--output", folder.FullName);
            using var package = ZipFile.OpenRead(Assert.Single(folder.EnumerateFiles("*.nupkg")).FullName);
            Assert.Superset(
                new HashSet<string> { "README.md", "lib/net10.0/KvCluster.Hosting.dll", "lib/net10.0/KvCluster.Hosting.xml" },
                package.Entries.Select(entry => entry.FullName).ToHashSet());
            using var nuspec = package.GetEntry("KvCluster.Hosting.nuspec")!.Open();
            var metadata = XDocument.Load(nuspec).Root!.Elements().Single();
            string Text(string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;
            Assert.Equal(("KvCluster.Hosting", "MIT", "README.md"), (Text("id"), Text("license"), Text("readme")));
            Assert.StartsWith("Aspire hosting integration", Text("description"), StringComparison.Ordinal);
            Assert.Contains("-preview", Text("version"), StringComparison.Ordinal);
            var dependencies = metadata.Descendants().Where(element => element.Name.LocalName == "dependency").Select(element => element.Attribute("id")!.Value);
            Assert.Equal(["Aspire.Hosting", "Aspire.Hosting.Kubernetes", "KvCluster.Protocol"], dependencies.Order(StringComparer.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
