using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using KvCluster.AppHost.Plan;

namespace KvCluster.AppHost.Machine;

/// <summary>Paths that the build wrote into this assembly: the AppHost runs from the tree in which it was built.</summary>
internal static class BuiltPaths
{
    /// <summary>The server's program, built together with the AppHost.</summary>
    public static string ServerProgram => Metadata("ServerProgram");

    /// <summary>The command that runs the sample, built together with the AppHost.</summary>
    public static ServerCommand SampleCommand => Plan.ServerCommand.For(Metadata("SampleProgram"));

    /// <summary>The AppHost's own program.</summary>
    public static string AppHostProgram => Metadata("AppHostProgram");

    /// <summary>The folder of the AppHost's project.</summary>
    public static string AppHostFolder => Metadata("AppHostFolder");

    /// <summary>Names the data folder of this clone of the repository: the folder it lies in, and a hash of the whole path to
    /// tell two such apart.</summary>
    public static string CloneName
    {
        get
        {
            var clone = Path.GetDirectoryName(AppHostFolder.TrimEnd(Path.DirectorySeparatorChar))!;
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(clone)));
            return string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(clone)}-{hash[..8]}");
        }
    }

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

        return Plan.ServerCommand.For(file);
    }

    private static string Metadata(string key) =>
        typeof(BuiltPaths).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
