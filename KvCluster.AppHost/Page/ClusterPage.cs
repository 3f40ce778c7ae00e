using KvCluster.AppHost.Embedded;
using KvCluster.Hosting.Machine;
using KvCluster.Hosting.Plan;
using KvCluster.Hosting.Sight;
using KvCluster.Protocol.Contracts;

namespace KvCluster.AppHost.Page;

/// <summary>The page and all behind it, while the cluster runs.</summary>
internal sealed class ClusterPage : IClusterWatcher, IAsyncDisposable
{
    private readonly ServerProcesses _processes = new();
    private readonly PageFeed _feed = new(TimeProvider.System);
    private readonly PageCommands _commands;
    private readonly LoadSampler _sampler;
    private readonly CancellationTokenSource _stop = new();
    private Task _sampling = Task.CompletedTask;
    private PageSite? _site;
    private ClusterStatus? _before;

    private ClusterPage(ClusterPlan plan, Func<string, bool> startNow)
    {
        _commands = new PageCommands(plan, _feed, _processes, startNow);
        _sampler = new LoadSampler(plan, _feed, TimeProvider.System);
    }

    public Uri Url => _site!.Url;
    public PageFeed Feed => _feed;
    public bool IsLooking => _feed.IsWatched;

    /// <param name="port">Zero: any that is free.</param>
    /// <param name="startNow">Starts a server at once that has no process.</param>
    /// <exception cref="StartException">The port is taken.</exception>
    public static async Task<ClusterPage> StartAsync(ClusterPlan plan, int port, Func<string, bool> startNow)
    {
        var page = new ClusterPage(plan, startNow);
        try
        {
            page._site = await PageSite.StartAsync(port, page._feed, page._commands, CancellationToken.None);
            page._sampling = page._sampler.RunAsync(page._stop.Token);
            return page;
        }
        catch
        {
            await page.DisposeAsync();
            throw;
        }
    }

    public void OnObserved(ClusterView view, ClusterStatus? status)
    {
        foreach (var server in view.Servers)
            if (server.ProcessId is { } process)
                _processes.Note(server.Name, process);
        if (status is not null)
        {
            foreach (var (kind, text) in ClusterEvents.Between(_before, status))
                _feed.Add(kind, text);
            _before = status;
        }

        _commands.Note(status);
        _feed.Show(PageComposer.Compose(view, status, _processes.StateOf));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _sampling;
        if (_site is not null)
            await _site.DisposeAsync();
        _sampler.Dispose();
        _commands.Dispose();
        _stop.Dispose();
    }
}
