using System.Collections.Immutable;

namespace KvCluster.AppHost.Embedded;

/// <summary>The cluster as lines of text for a person.</summary>
internal static class ClusterTable
{
    private static readonly ImmutableArray<string> Header = ["SERVER", "NODE", "ROLE", "URL", "STATE"];

    public static IEnumerable<string> Lines(ClusterView view)
    {
        var rows = view.Servers.Select(Row).Prepend(Header).ToList();
        var widths = Enumerable.Range(0, Header.Length).Select(column => rows.Max(row => row[column].Length)).ToList();
        return rows.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    private static ImmutableArray<string> Row(ServerView server) =>
        [server.Name, server.Node ?? "-", RoleText(server), server.Url, server.State];

    private static string RoleText(ServerView server)
    {
        var role = server.Role switch
        {
            ServerRole.Main => "main",
            ServerRole.Replica => "replica",
            _ => "witness",
        };
        return server.IsMaster ? $"{role}, master" : role;
    }
}
