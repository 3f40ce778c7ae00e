using System.Globalization;

namespace KvCluster.Tests.Processes;

/// <summary>What a server shows to Prometheus of its own meter: the text format, one series a line.</summary>
internal sealed class ScrapedMetrics
{
    private readonly List<(string Series, double Value)> _lines = [];

    private ScrapedMetrics(string text)
    {
        foreach (var line in text.Split('\n').Where(line => line.StartsWith("kvcluster", StringComparison.Ordinal)))
        {
            // A series' attributes may hold anything; none of ours holds "} ", and a time stamp may follow the value.
            var end = line.Contains("} ", StringComparison.Ordinal) ? line.IndexOf("} ", StringComparison.Ordinal) + 1 : line.IndexOf(' ', StringComparison.Ordinal);
            _lines.Add((line[..end], double.Parse(line[end..].Trim().Split(' ')[0], CultureInfo.InvariantCulture)));
        }
    }

    public static async Task<ScrapedMetrics> ReadAsync(HttpClient http, Uri server) =>
        new(await http.GetStringAsync(new Uri(server, "/metrics"), TestContext.Current.CancellationToken));

    /// <summary>The sum over every series of the name that has this attribute; nothing when there is none.</summary>
    /// <param name="attribute">Such as <c>kvcluster_server_state="main"</c>; empty for all.</param>
    public double? Value(string name, string attribute = "")
    {
        var found = _lines.Where(line => line.Series.Split('{')[0] == name && line.Series.Contains(attribute, StringComparison.Ordinal)).ToArray();
        return found.Length == 0 ? null : found.Sum(line => line.Value);
    }

    public override string ToString() => string.Join('\n', _lines.Select(line => $"{line.Series} {line.Value}"));
}
