using KvCluster.AppHost.Embedded;
using KvCluster.Hosting.Plan;
using KvCluster.Hosting.Sight;
using KvCluster.Protocol.Contracts;

namespace KvCluster.AppHost.Page;

/// <summary>Does what somebody asked for on the page.</summary>
/// <param name="startNow">Starts a server at once that has no process; false when it has one.</param>
internal sealed class PageCommands(ClusterPlan plan, PageFeed feed, ServerProcesses processes, Func<string, bool> startNow) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(15) };
    private volatile ClusterStatus? _status;

    /// <summary>What the cluster says of itself now; none when it says nothing.</summary>
    public void Note(ClusterStatus? status) => _status = status;

    public async Task<PageAnswer> RunAsync(ServerAction action, string server, CancellationToken cancellation)
    {
        if (plan.Servers.All(known => known.Name != server))
            return new PageAnswer(false, $"There is no server {server}.");
        var answer = action switch
        {
            ServerAction.HandOver => await HandOverAsync(server, cancellation),
            ServerAction.Kill => Done(processes.TryKill(server), server, "was killed"),
            ServerAction.Pause => Done(processes.TryPause(server), server, "stands still"),
            ServerAction.Resume => Done(processes.TryResume(server), server, "goes on"),
            ServerAction.PutBack => startNow(server) ? new PageAnswer(true, $"{server} is started.") : new PageAnswer(false, $"{server} has a process."),
            _ => new PageAnswer(true, Why(server)),
        };
        if (answer.Ok && action != ServerAction.Why)
            feed.Add(PageEventKind.Command, $"on this page: {answer.Text}");
        return answer;
    }

    /// <summary>How the cluster is, a line for each server.</summary>
    public PageAnswer Status() => new(_status is not null, string.Join('\n', ClusterSummary.LinesOf(_status)));

    public void Dispose() => _http.Dispose();

    private async Task<PageAnswer> HandOverAsync(string server, CancellationToken cancellation)
    {
        if (_status is not { } status || status.Topology.Servers.FirstOrDefault(known => known.Name == server) is not { } info || status.Topology.NodeOf(info.Id) is not { } node)
            return new PageAnswer(false, $"The cluster says nothing of {server} now.");
        var refusal = await new HandOverRequest(_http).SendAsync(node.MainServer.Http, node.Id, cancellation);
        return refusal is null ? new PageAnswer(true, $"{node.Name} was handed over.") : new PageAnswer(false, refusal);
    }

    private string Why(string server)
    {
        if (_status is not { } status)
            return "No server answers.";
        var info = status.Topology.Servers.FirstOrDefault(known => known.Name == server);
        return info is not null && status.Topology.NodeOf(info.Id) is { } node
            ? $"{node.Name}: {ClusterProtection.ReasonOf(node, status) ?? "fully protected"}"
            : $"topology: {ClusterProtection.VotesReason(status) ?? "fully protected"}";
    }

    private static PageAnswer Done(bool isDone, string server, string what) =>
        isDone ? new PageAnswer(true, $"{server} {what}.") : new PageAnswer(false, $"{server} has no process.");
}
