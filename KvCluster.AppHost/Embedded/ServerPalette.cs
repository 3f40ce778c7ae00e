using System.Collections.Immutable;
using KvCluster.Hosting.Plan;

namespace KvCluster.AppHost.Embedded;

/// <summary>Puts a server's name before its lines, padded to one width and, where colours are wanted, in the server's own colour.</summary>
internal sealed class ServerPalette
{
    /// <summary>Who speaks when the orchestrator itself does.</summary>
    public const string Own = "apphost";

    /// <summary>The sample's load, where it was asked for.</summary>
    public const string Load = "kv-load";
    private const string Reset = "\e[0m";
    private static readonly ImmutableArray<string> Colours =
    [
        "\e[36m", "\e[96m", "\e[33m", "\e[93m", "\e[35m", "\e[95m", "\e[32m", "\e[92m", "\e[34m", "\e[94m",
    ];

    private readonly Dictionary<string, string> _prefixes;

    public ServerPalette(ClusterPlan plan, bool isColoured)
    {
        var names = plan.Servers.Select(server => server.Name).ToList();
        var width = names.Max(name => name.Length);
        _prefixes = names.Select((name, place) => (name, Prefix: Prefix(name, width, isColoured ? Colours[place % Colours.Length] : null)))
            .Append((name: Own, Prefix: Prefix(Own, width, isColoured ? "\e[1m" : null)))
            .Append((name: Load, Prefix: Prefix(Load, width, isColoured ? "\e[1m" : null)))
            .ToDictionary(entry => entry.name, entry => entry.Prefix);
    }

    /// <summary>The convention of no-color.org, and no colours into a file or a pipe.</summary>
    public static bool WantsColour(Func<string, string?> environment, bool isRedirected) =>
        !isRedirected && string.IsNullOrEmpty(environment("NO_COLOR")) && environment("TERM") != "dumb";

    public string Line(string name, string text) => _prefixes[name] + text;

    private static string Prefix(string name, int width, string? colour) =>
        colour is null ? $"{name.PadRight(width)} | " : $"{colour}{name.PadRight(width)} |{Reset} ";
}
