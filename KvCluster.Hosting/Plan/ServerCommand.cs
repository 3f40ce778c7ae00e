using System.Collections.Immutable;

namespace KvCluster.Hosting.Plan;

/// <summary>The program that runs a server, and its arguments.</summary>
internal sealed record ServerCommand(string Program, ImmutableArray<string> Arguments)
{
    /// <summary>Where its own files lie: settings beside the program are found from there.</summary>
    public string Folder => Path.GetDirectoryName(Path.GetFullPath(Arguments is [var first, ..] && IsAssembly(first) ? first : Program))!;

    /// <summary>A .NET assembly is started by <c>dotnet</c>, anything else by itself.</summary>
    public static ServerCommand For(string file) =>
        IsAssembly(file) ? new ServerCommand("dotnet", [file]) : new ServerCommand(file, []);

    private static bool IsAssembly(string file) => file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
}
