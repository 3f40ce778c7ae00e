using System.Reflection;
using KvCluster.Hosting.Machine;
using KvCluster.Hosting.Plan;

namespace KvCluster.AppHost.Machine;

/// <summary>Paths that the build wrote into this assembly: the AppHost runs from the tree in which it was built.</summary>
internal static class BuiltPaths
{
    /// <summary>The server's program, built together with the AppHost.</summary>
    public static string ServerProgram => Metadata("ServerProgram");

    /// <summary>The command that runs the sample, built together with the AppHost.</summary>
    public static ServerCommand SampleCommand => Hosting.Plan.ServerCommand.For(Metadata("SampleProgram"));

    /// <summary>The AppHost's own program.</summary>
    public static string AppHostProgram => Metadata("AppHostProgram");

    /// <summary>The folder of the AppHost's project.</summary>
    public static string AppHostFolder => Metadata("AppHostFolder");

    /// <summary>Names the data folder of this clone of the repository.</summary>
    public static string CloneName => DataFolderName.Of(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppHostFolder))!);

    /// <summary>The command that runs a server.</summary>
    /// <param name="chosen">Program named by the user; none: the one built with the AppHost.</param>
    /// <exception cref="StartException">There is no such program.</exception>
    public static ServerCommand ServerCommand(string? chosen)
    {
        var file = Path.GetFullPath(chosen ?? ServerProgram);
        if (!File.Exists(file))
        {
            throw new StartException(chosen is null
                ? $"The server is not built: {file} is missing. Build the solution."
                : $"There is no server program {file}.");
        }

        return Hosting.Plan.ServerCommand.For(file);
    }

    private static string Metadata(string key) =>
        typeof(BuiltPaths).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
