using System.Collections.Immutable;
using KvCluster.AppHost.Embedded;
using KvCluster.AppHost.Machine;
using KvCluster.AppHost.Page;
using KvCluster.Hosting.Machine;
using KvCluster.Hosting.Plan;
using KvCluster.Hosting.Sight;

namespace KvCluster.AppHost.Commands;

/// <summary>Makes the plan from valid options and this machine, and hands it to the flavour that runs it.</summary>
internal static class ClusterStart
{
    private const int CannotStart = 1;

    public static async Task<int> RunAsync(AppHostOptions options)
    {
        try
        {
#if ASPIRE
            if (!options.Embedded && Aspire.AspireCluster.IsPublishing(options.Rest))
            {
                // A chart needs neither folder nor ports of this machine, and another AppHost may be using them.
                await Aspire.AspireCluster.RunAsync(options.Plan, null, [.. options.Rest], options.Load);
                return 0;
            }
#endif
            using var data = DataRoot.Open(options.Plan, BuiltPaths.CloneName);
            using var remembered = options.Plan.BasePort is null ? RememberedPorts.Open(data.Directory, TimeProvider.System) : null;
            IPortSource ports = remembered is null ? BasePorts(options.Plan) : remembered;
            var plan = ClusterPlanBuilder.Build(options.Plan, data.Directory, ports);
            remembered?.Save();
            await RunAsync(options, plan, Warnings(data, plan));
            return 0;
        }
        catch (StartException error)
        {
            await Console.Error.WriteLineAsync($"error: {error.Message}");
            return CannotStart;
        }
    }

    private static async Task RunAsync(AppHostOptions options, ClusterPlan plan, ImmutableArray<string> warnings)
    {
#if ASPIRE
        if (!options.Embedded)
        {
            foreach (var warning in warnings)
                await Console.Error.WriteLineAsync($"warning: {warning}");
            await Aspire.AspireCluster.RunAsync(options.Plan, plan, [.. options.Rest], options.Load);
            return;
        }
#endif
        var command = BuiltPaths.ServerCommand(options.ServerProgram);
        var isColoured = ServerPalette.WantsColour(Environment.GetEnvironmentVariable, Console.IsOutputRedirected);
        EmbeddedCluster? cluster = null;
        await using var page = options.PagePort is { } port ? await ClusterPage.StartAsync(plan, port, server => cluster?.TryStartNow(server) ?? false) : null;
        IClusterReporter reporter = new ConsoleReporter(plan, Console.Out, isColoured, page?.Url);
        if (page is not null)
            reporter = new PageReporter(page.Feed, reporter);
        foreach (var warning in warnings)
            reporter.OnWarning(warning);
        using var signals = new StopSignals(TimeProvider.System);
        var parent = ParentWatch.RunAsync(signals.Ask, TimeProvider.System, signals.Stop);
        cluster = new EmbeddedCluster(plan, command, options.Plan.StateFile, reporter, TimeProvider.System, page, options.Load ? Load(plan) : null);
        await cluster.RunAsync(signals.Stop, signals.Kill);
        await parent;
    }

    private static CompanionProcess Load(ClusterPlan plan) => new(
        ServerPalette.Load,
        BuiltPaths.SampleCommand,
        ImmutableSortedDictionary<string, string>.Empty
            .Add(SeedList.ConnectionVariable, SeedList.Of(plan))
            .Add(ServerEnvironment.ExitWithParent, "true"));

    private static SequentialPorts BasePorts(ClusterPlanOptions options)
    {
        var ports = new SequentialPorts(options.BasePort!.Value);
        var taken = ClusterPlanBuilder.ServerNames(options)
            .Select(ports.PortsOf)
            .SelectMany(server => new[] { server.Http, server.Peer, server.Resp })
            .Where(port => !PortReservation.IsFree(port))
            .ToList();
        return taken.Count == 0
            ? ports
            : throw new StartException(
                $"Ports in use: {string.Join(", ", taken)}. Choose another --base-port, or leave it out to have free ones chosen.");
    }

    /// <summary>A server that is not started keeps its slots: the cluster would wait for it, and the user would not know why.</summary>
    private static ImmutableArray<string> Warnings(DataRoot data, ClusterPlan plan)
    {
        var missing = data.ServersFound.Except(plan.Servers.Select(server => server.Name)).Order(StringComparer.Ordinal).ToList();
        return missing.Count == 0
            ? []
            : [$"{data.Directory} also holds data of {string.Join(", ", missing)}, which this run does not start."];
    }
}
