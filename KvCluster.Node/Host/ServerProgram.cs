using System.Net;
using KvCluster.Node.Control;
using KvCluster.Node.Diagnostics;
using KvCluster.Node.Endpoints;
using KvCluster.Node.Options;
using KvCluster.Node.Replication;
using KvCluster.Node.Resp;
using KvCluster.Node.Storage;
using KvCluster.Node.Store;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Http;
using KvCluster.Protocol.Json;
using KvCluster.ServiceDefaults;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace KvCluster.Node.Host;

/// <summary>Puts a server together: configuration, its mistakes, the data folder, then ports.</summary>
internal static class ServerProgram
{
    // Requests are handled by the threads that wait for the sockets. What may block there moves to the pool first: control requests, lists,
    // everything about all keys. Links between servers have threads of their own and never wait for any of this.
    private const string HandleOnSocketThreads = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    public static async Task<int> RunAsync(string[] args)
    {
        if (Environment.GetEnvironmentVariable(HandleOnSocketThreads) is null) Environment.SetEnvironmentVariable(HandleOnSocketThreads, "1");
        var builder = WebApplication.CreateSlimBuilder(args);
        var options = new KvNodeOptions();
        var mistakes = KvNodeOptionsReader.Read(builder.Configuration.GetSection(KvNodeOptions.Section), options);
        if (mistakes.Count > 0) return Fail(ExitCodes.OptionsInvalid, mistakes);
        try
        {
            using var data = DataDirectory.Open(options.DataDirectory);
            if (data.Removal is { } removal) return Fail(ExitCodes.Refused, [$"{removal} To start this server as a new one give it an empty data folder."]);
            data.Claim(options.Name);
            AddServices(builder, options, data);
            await using var app = builder.Build();
            Map(app, app.Services.GetRequiredService<TopologyHolder>());
            return await RunAsync(app);
        }
        catch (StorageException failure)
        {
            return Fail(ExitCodes.DataFolder, [failure.Message]);
        }
    }

    private static void AddServices(WebApplicationBuilder builder, KvNodeOptions options, DataDirectory data)
    {
        NameService(builder.Configuration, options.Name);
        builder.AddServiceDefaults();
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);

        // Where nobody reads the output any more, lines are dropped and counted: to wait for a reader would keep the core from its beacons.
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MaxConcurrentConnections = RespLimits.ConnectionsMax;
            kestrel.Listen(IPAddress.Parse(options.BindAddress), options.HttpPort);
        });
        if (options.RespPort != 0) RespPort.Listen(builder, IPAddress.Parse(options.BindAddress), options.RespPort);

        // No handler waits for another request on its thread, and each hand-over to another thread costs a read a fifth of its time. A
        // connection that waits with its buffer in hand costs 4 KiB of memory and saves each request a call of the system.
        builder.WebHost.UseSockets(sockets => (sockets.UnsafePreferInlineScheduling, sockets.WaitForDataBeforeAllocatingBuffer) = (true, false));
        var services = builder.Services;
        services.Configure<HostOptions>(host => host.ShutdownTimeout = Departure.Patience + TimeSpan.FromMilliseconds(options.ShutdownDelayMilliseconds));
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, KvJson.Default));
        services.AddSingleton(options).AddSingleton(data);
        services.AddSingleton(provider => new TopologyHolder(data.File("topology.json"), provider.GetRequiredService<ILogger<TopologyHolder>>()));
        services.AddSingleton<IOptions<KvNodeOptions>>(new OptionsWrapper<KvNodeOptions>(options));
        services.AddSingleton<ControlHttp>().AddSingleton<Broadcaster>().AddSingleton<TopologyPuller>().AddSingleton<ConfigurationRequester>().AddSingleton<Master>();
        services.AddSingleton<BackgroundWork>().AddSingleton<TopologyFeed>().AddSingleton<Sight>().AddSingleton<Removal>().AddSingleton<MasterWatch>().AddSingleton<VoterKeeper>();
        RegisterHomes.Add(services, options, data);
        services.AddSingleton<ReplicatedStore>().AddSingleton<StatusReporter>().AddSingleton<ClusterStatusReader>();
        services.AddSingleton<RespHub>().AddSingleton(provider => ActivatorUtilities.CreateInstance<RespServer>(provider, new Func<ServerStatus>(provider.GetRequiredService<StatusReporter>().Report)));
        AddDiagnostics(services);
        services.AddSingleton<StoreOpening>().AddSingleton<ServerHost>().AddHostedService(provider => provider.GetRequiredService<ServerHost>());
        services.AddSingleton<StopLimit>().AddHostedService<ParentWatch>().AddHostedService<Departure>();
        services.AddHealthChecks().AddCheck<ReadinessCheck>("server");
        services.AddKeyValueEndpoints();
    }

    // Telemetry of six servers under one name would be useless; whoever names them otherwise is followed.
    private static void NameService(ConfigurationManager configuration, string name)
    {
        const string variable = "OTEL_SERVICE_NAME";
        if (string.IsNullOrWhiteSpace(configuration[variable])) configuration.AddInMemoryCollection([new(variable, name)]);
    }

    private static void AddDiagnostics(IServiceCollection services)
    {
        services.AddSingleton<NodeMeter>().AddSingleton<NodeMetrics>().AddSingleton<NodeGauges>().AddSingleton<ClusterGauges>();
        services.AddSingleton<INodeSource, NodeSource>().AddSingleton(TimeProvider.System);
        services.AddHostedService<ClusterWatch>();
    }

    private static void Map(WebApplication app, TopologyHolder holder)
    {
        app.Use((context, next) =>
        {
            context.Response.Headers[KvHeaders.TopologyVersion] = holder.VersionText;
            context.Response.Headers[KvHeaders.ClusterId] = holder.ClusterText;
            if (holder.LineageText is { } lineage) context.Response.Headers[KvHeaders.TopologyLineage] = lineage;
            return next(context);
        });
        app.UseKeyValueTargets();
        app.UseRouting();
        app.MapDefaultEndpoints();
        app.MapKeyValues();
        app.MapControl();
        app.MapStatus();
        app.MapOpenApi();
    }

    private static async Task<int> RunAsync(WebApplication app)
    {
        var server = app.Services.GetRequiredService<ServerHost>();
        try
        {
            await app.RunAsync();
            return server.ExitCode;
        }
        catch (IOException port) when (port.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            return Fail(ExitCodes.Port, [port.Message]);
        }
    }

    private static int Fail(int exitCode, IEnumerable<string> reasons)
    {
        foreach (var reason in reasons) Console.Error.WriteLine(reason);
        return exitCode;
    }
}
