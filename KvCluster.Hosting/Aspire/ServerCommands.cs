using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using KvCluster.Hosting.Sight;
using KvCluster.Protocol.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace KvCluster.Hosting.Aspire;

/// <summary>What the dashboard offers to do to a server, and to ask of the cluster.</summary>
internal static class ServerCommands
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(15) };

    public static void AddTo(IResourceBuilder<ProjectResource> server, KvClusterResource cluster)
    {
        var name = server.Resource.Name;
        var processes = cluster.Watch.Processes;
        Add(server, cluster, ServerAction.HandOver, "kv-hand-over", "Hand over", "ArrowSwap", cancellation => HandOverAsync(cluster, name, cancellation));
        Add(server, cluster, ServerAction.Kill, "kv-kill", "Kill", "Flash", _ => Done(processes.TryKill(name), name), "End this process at once, as a power cut would?");
        Add(server, cluster, ServerAction.Pause, "kv-pause", "Pause", "Pause", _ => Done(processes.TryPause(name), name), "Stop this process where it is, as a frozen machine would?");
        Add(server, cluster, ServerAction.Resume, "kv-resume", "Resume", "Play", _ => Done(processes.TryResume(name), name));
        Add(server, cluster, ServerAction.Why, "kv-why", "Why", "Question", _ => Task.FromResult(Why(cluster, name)));
        server.WithCommand(
            "kv-put-back",
            "Put back",
            context => context.Services.GetRequiredService<ResourceCommandService>().ExecuteCommandAsync(server.Resource, KnownResourceCommands.StartCommand, context.CancellationToken),
            Options(cluster, ServerAction.PutBack, name, "ArrowUndo", null));
    }

    public static void AddTo(IResourceBuilder<KvClusterResource> cluster) => cluster.WithCommand(
        "kv-status",
        "Status",
        _ => Task.FromResult(Answer(string.Join("; ", ClusterSummary.LinesOf(cluster.Resource.Watch.Now)))),
        new CommandOptions { IconName = "Info", Description = "Says which server is what, and what is not fully protected." });

    private static void Add(
        IResourceBuilder<ProjectResource> server,
        KvClusterResource cluster,
        ServerAction action,
        string command,
        string title,
        string icon,
        Func<CancellationToken, Task<ExecuteCommandResult>> execute,
        string? confirmation = null) =>
        server.WithCommand(command, title, context => execute(context.CancellationToken), Options(cluster, action, server.Resource.Name, icon, confirmation));

    private static CommandOptions Options(KvClusterResource cluster, ServerAction action, string server, string icon, string? confirmation) => new()
    {
        IconName = icon,
        ConfirmationMessage = confirmation,
        UpdateState = _ => cluster.Watch.IsAllowed(action, server) ? ResourceCommandState.Enabled : ResourceCommandState.Disabled,
    };

    private static async Task<ExecuteCommandResult> HandOverAsync(KvClusterResource cluster, string server, CancellationToken cancellation)
    {
        if (cluster.Watch.NodeOf(server) is not { } node)
            return CommandResults.Failure($"The cluster knows no server {server} yet.");
        var refusal = await new HandOverRequest(Http).SendAsync(node.MainServer.Http, node.Id, cancellation);
        return refusal is null ? CommandResults.Success($"{node.Name} was handed over.") : CommandResults.Failure(refusal);
    }

    private static Task<ExecuteCommandResult> Done(bool isDone, string server) =>
        Task.FromResult(isDone ? CommandResults.Success() : CommandResults.Failure($"{server} has no process."));

    private static ExecuteCommandResult Why(KvClusterResource cluster, string server)
    {
        if (cluster.Watch.Now is not { } status)
            return CommandResults.Failure("No server answers.");
        return cluster.Watch.NodeOf(server) is { } node
            ? Answer($"{node.Name}: {ClusterProtection.ReasonOf(node, status) ?? "fully protected"}")
            : Answer($"topology: {ClusterProtection.VotesReason(status) ?? "fully protected"}");
    }

    /// <summary>As a result too and not as a message alone: the dashboard opens it, and Aspire's command line prints it.</summary>
    private static ExecuteCommandResult Answer(string text) => CommandResults.Success(text, text, CommandResultFormat.Text, displayImmediately: true);
}
