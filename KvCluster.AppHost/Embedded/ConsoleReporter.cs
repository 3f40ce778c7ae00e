using KvCluster.Hosting.Plan;

namespace KvCluster.AppHost.Embedded;

/// <summary>Writes everything to the terminal, a line at a time.</summary>
/// <param name="page">Where the page is; none when there is none.</param>
internal sealed class ConsoleReporter(ClusterPlan plan, TextWriter output, bool isColoured, Uri? page) : IClusterReporter
{
    private readonly ServerPalette _palette = new(plan, isColoured);
    private readonly Lock _writing = new();

    public void OnServerStarted(ServerPlan server, int processId) =>
        Write(server, $"started, process {processId}, {server.Url.GetLeftPart(UriPartial.Authority)}");

    public void OnServerLine(ServerPlan server, string line) => Write(_palette.Line(server.Name, line));

    public void OnCompanionLine(string name, string line) => Write(_palette.Line(name, line));

    public void OnServerExited(ServerPlan server, int exitCode, TimeSpan restartsIn) =>
        Write(server, $"ended with exit code {exitCode}, starts again in {restartsIn.TotalSeconds:0} s");

    public void OnServerStartFailed(ServerPlan server, string reason, TimeSpan restartsIn) =>
        Write(server, $"cannot be started: {reason}; next try in {restartsIn.TotalSeconds:0} s");

    public void OnServerKilled(ServerPlan server) => Write(server, $"did not stop in time and was killed");

    public void OnWarning(string message) => Write(_palette.Line(ServerPalette.Own, $"warning: {message}"));

    public void OnStopping() => Write(_palette.Line(ServerPalette.Own, "stopping all servers (Ctrl+C again kills them)"));

    public void OnClusterUp(ClusterView view) =>
        Write(string.Join(Environment.NewLine, ["", .. ClusterTable.Lines(view), "", .. NextCommands(view), ""]));

    public void OnClusterLate(ClusterView view)
    {
        var missing = view.AllSlotsServed ? "not every server is healthy" : "not all slots are served";
        Write(string.Join(Environment.NewLine, [_palette.Line(ServerPalette.Own, $"still waiting: {missing}"), .. ClusterTable.Lines(view)]));
    }

    public void OnClusterChanged(ClusterView before, ClusterView after)
    {
        foreach (var (old, now) in before.Servers.Zip(after.Servers))
        {
            if (old.Role != now.Role)
                Write(now, $"is now {(now.Role == ServerRole.Main ? "main" : "replica")} of {now.Node}");
            if (!old.IsMaster && now.IsMaster)
                Write(now, $"is now the master");
            if (old.State != now.State)
                Write(now, $"{old.State} -> {now.State}");
        }

        if (before.AllSlotsServed != after.AllSlotsServed)
            Write(_palette.Line(ServerPalette.Own, after.AllSlotsServed ? "all slots are served again" : "not all slots are served"));
    }

    private IEnumerable<string> NextCommands(ClusterView view)
    {
        var url = view.Servers[0].Url;
        if (page is not null)
        {
            yield return $"Watch it, and break it: {page}";
            yield return "";
        }

        yield return $"The cluster is up. Its data is in {plan.DataDirectory}. Ctrl+C stops it. Try:";
        yield return $"  curl -L -X PUT --json '{{\"name\":\"Ada\"}}' {url}/kv/users/ada";
        yield return $"  curl -L {url}/kv/users/ada";
        yield return $"  export KV_ENDPOINTS={url}";
        yield return "  dotnet run --project KvCluster.Cli -- put greeting hello";
        yield return "  dotnet run --project KvCluster.Cli -- status";
    }

    private void Write(ServerPlan server, FormattableString happened) => Write(server.Name, happened);

    private void Write(ServerView server, FormattableString happened) => Write(server.Name, happened);

    private void Write(string server, FormattableString happened) =>
        Write(_palette.Line(ServerPalette.Own, $"{server} {FormattableString.Invariant(happened)}"));

    private void Write(string text)
    {
        lock (_writing)
        {
            output.WriteLine(text);
        }
    }
}
