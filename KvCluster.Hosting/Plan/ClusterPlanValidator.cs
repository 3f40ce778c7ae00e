using System.Collections.Immutable;
using System.Globalization;

namespace KvCluster.Hosting.Plan;

/// <summary>Finds all mistakes of the options at once, each as a sentence for the user.</summary>
internal static class ClusterPlanValidator
{
    /// <summary>More than a laptop can run, and few enough that a typing error does not start a thousand processes.</summary>
    public const int SlavesMax = 64;

    /// <summary>Ports below belong to the system.</summary>
    public const int PortMin = 1024;
    private const int PortMax = 65535;

    public static ImmutableArray<string> Validate(ClusterPlanOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var mistakes = ImmutableArray.CreateBuilder<string>();
        var slavesValid = options.Slaves is >= 0 and <= SlavesMax;
        if (!slavesValid)
            mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"--slaves must be from 0 to {SlavesMax}, not {options.Slaves}."));
        if (options.BasePort is { } basePort)
            CheckBasePort(basePort, slavesValid ? ClusterPlanBuilder.ServerCount(options) : 1, mistakes);
        CheckFolders(options, mistakes);
        return mistakes.ToImmutable();
    }

    private static void CheckBasePort(int basePort, int servers, ImmutableArray<string>.Builder mistakes)
    {
        var highest = PortMax - (SequentialPorts.LastPort(0, servers));
        if (basePort < PortMin || basePort > highest)
        {
            mistakes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"--base-port must be from {PortMin} to {highest} for {servers} servers, not {basePort}."));
        }
    }

    private static void CheckFolders(ClusterPlanOptions options, ImmutableArray<string>.Builder mistakes)
    {
        if (options.Ephemeral && options.DataDirectory is not null)
            mistakes.Add("--data and --ephemeral exclude each other: one keeps the data, the other throws it away.");
        if (options.DataDirectory is { } data)
        {
            if (string.IsNullOrWhiteSpace(data))
                mistakes.Add("--data needs the name of a folder.");
            else if (File.Exists(data))
                mistakes.Add($"--data {data} is a file; it must be a folder.");
        }

        if (options.StateFile is { } stateFile)
            CheckStateFile(stateFile, mistakes);
    }

    private static void CheckStateFile(string stateFile, ImmutableArray<string>.Builder mistakes)
    {
        if (string.IsNullOrWhiteSpace(stateFile))
            mistakes.Add("--state-file needs the name of a file.");
        else if (Directory.Exists(stateFile))
            mistakes.Add($"--state-file {stateFile} is a folder; it must be a file.");
        else if (Path.GetDirectoryName(Path.GetFullPath(stateFile)) is not { } folder || !Directory.Exists(folder))
            mistakes.Add($"--state-file {stateFile} lies in a folder that does not exist.");
    }
}
