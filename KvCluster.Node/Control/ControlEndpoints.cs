using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using KvCluster.Core.Master;
using KvCluster.Node.Control.Voting;
using KvCluster.Node.Diagnostics;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Http;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Control;

/// <summary>What servers and operators say to the cluster: <c>/cluster/...</c>. Requests that name another cluster are refused.</summary>
internal static class ControlEndpoints
{
    public static void MapControl(this IEndpointRouteBuilder app)
    {
        var cluster = app.MapGroup("/cluster").AddEndpointFilter(RefuseStrangers).WithTags("cluster");
        cluster.MapGet("/master", GetMaster).WithName("GetMaster");
        cluster.MapGet("/topology", GetTopology).WithName("GetTopology");
        cluster.MapGet("/topology/watch", WatchAsync).WithName("WatchTopology");
        cluster.MapPost("/nodes", RegisterAsync).WithName("RegisterServer");
        cluster.MapDelete("/nodes/{id:int}", RemoveAsync).WithName("RemoveNode");
        cluster.MapPost("/nodes/{id:int}/promote", PromoteAsync).WithName("ForcePromotion");
        cluster.MapPost("/master", MoveMasterAsync).WithName("MoveMaster");
        cluster.MapGet("/survivor", (RegisterRestore restore) => Json(restore.Describe(), KvJson.Default.SurvivorAnswer)).WithName("GetSurvivor");
        cluster.MapGet("/restore", PlanRestoreAsync).WithName("PlanRestore");
        cluster.MapPost("/restore", RestoreAsync).WithName("RestoreRegister");
        cluster.MapDelete("/servers/{id:int}", RemoveServerAsync).WithName("RemoveServer");
        cluster.MapPost("/nodes/{id:int}/configuration", ChangeAsync).WithName("ChangeConfiguration");
        cluster.MapPost("/topology/updates", Update).WithName("UpdateTopology");
        cluster.MapPut("/settings/write-mode/{mode}", SetWriteModeAsync).WithName("SetWriteMode");
    }

    private static IResult GetMaster(Registrar registrar) => Json(registrar.DescribeMaster(), KvJson.Default.MasterAnswer);

    private static IResult GetTopology(TopologyHolder holder) =>
        holder.Current is { } topology ? Json(topology, KvJson.Default.ClusterTopology) : NotReady();

    private static async Task<IResult> WatchAsync(HttpContext context, TopologyFeed feed, CancellationToken gone)
    {
        var known = long.TryParse(context.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;
        return await feed.TryServeAsync(context.Response, known, gone)
            ? Results.Empty
            : Problem(503, ProblemCode.Overloaded, $"{TopologyFeed.WatchersMax} watch this server already; ask another one.", retryable: true);
    }

    private static async Task<IResult> RegisterAsync(
        HttpRequest http, TopologyHolder holder, Master master, VoterAddresses addresses, NodeMetrics metrics, CancellationToken cancellation)
    {
        if (await ReadAsync(http, KvJson.Default.RegistrationRequest) is not { } request) return BodyInvalid();

        // Its vote may be the one that the registration needs.
        if (request.ClusterId == holder.Current?.ClusterId) addresses.Heard(request.VoterId, request.Peer);
        if (!holder.IsMaster) return NotMaster(holder);
        var decision = await master.RegisterAsync(request, cancellation);
        metrics.Control.Registered(!decision.IsRefused);
        if (decision.Next is not { } next) return Refused(decision);
        var server = next.FindServer(request.StoreId)!;
        return Json(new RegistrationAnswer(server.Id, server.Incarnation, next), KvJson.Default.RegistrationAnswer);
    }

    private static async Task<IResult> RemoveAsync(int id, bool? force, HttpResponse response, TopologyHolder holder, Removal removal, CancellationToken cancellation)
    {
        if (!holder.IsMaster) return ToMaster(response, holder);
        var decision = await removal.RemoveNodeAsync(new NodeId(id), force ?? false, cancellation);
        return decision.IsRefused ? Refused(decision) : Results.NoContent();
    }

    // Longer than a server that lives leaves the master without a word.
    private static readonly TimeSpan SilenceOfTheDead = TimeSpan.FromSeconds(5);

    private static async Task<IResult> PromoteAsync(
        int id, int? server, long? epoch, bool? acceptLoss, HttpResponse response, TopologyHolder holder, Master master, Sight sight, CancellationToken cancellation)
    {
        if (server is null || epoch is null || acceptLoss != true)
            return Problem(400, ProblemCode.QueryInvalid, "A forced promotion names the server, the node's epoch, and acceptLoss=true: acknowledged writes may be lost.", retryable: false);
        if (!holder.IsMaster) return ToMaster(response, holder);
        var seen = Alive(holder, sight);
        var decision = await master.DecideAsync(
            Guid.NewGuid(),
            topology => ClusterChanges.ForcePromotion(topology, new NodeId(id), new ServerId(server.Value), new Epoch(epoch.Value), seen.IsInSight),
            cancellation);
        return decision.IsRefused ? Refused(decision) : Results.NoContent();
    }

    private static RememberedSight Alive(TopologyHolder holder, Sight sight) => new(server => server == holder.Self || sight.IsInSight(server, SilenceOfTheDead));

    private static async Task<IResult> RestoreAsync(long? version, bool? acceptLoss, RegisterRestore restore, CancellationToken cancellation)
    {
        if (version is null || acceptLoss != true)
            return Problem(400, ProblemCode.QueryInvalid, "A restore names the version that was seen, and acceptLoss=true: the missing voters must be gone for good.", retryable: false);
        var (plan, refusal) = await restore.RestoreAsync(version.Value, cancellation);
        return plan is null ? Refused(refusal) : Json(plan, KvJson.Default.RestorePlan);
    }

    private static async Task<IResult> PlanRestoreAsync(RegisterRestore restore, CancellationToken cancellation)
    {
        var (plan, refusal) = await restore.PlanAsync(cancellation);
        return plan is null ? Refused(refusal) : Json(plan, KvJson.Default.RestorePlan);
    }

    private static async Task<IResult> MoveMasterAsync(int? server, HttpResponse response, TopologyHolder holder, Master master, Sight sight, CancellationToken cancellation)
    {
        if (!holder.IsMaster) return ToMaster(response, holder);
        var seen = Alive(holder, sight);
        var decision = await master.DecideAsync(
            Guid.NewGuid(), topology => Succession.Move(topology, new ServerId(server ?? 0), seen.IsInSight), cancellation);
        return decision.IsRefused ? Refused(decision) : Results.NoContent();
    }

    private static async Task<IResult> RemoveServerAsync(int id, HttpResponse response, TopologyHolder holder, Removal removal, CancellationToken cancellation)
    {
        if (!holder.IsMaster) return ToMaster(response, holder);
        var decision = await removal.RemoveServerAsync(new ServerId(id), cancellation);
        return decision.IsRefused ? Refused(decision) : Results.NoContent();
    }

    private static async Task<IResult> ChangeAsync(int id, HttpRequest http, TopologyHolder holder, Master master, CancellationToken cancellation)
    {
        if (await ReadAsync(http, KvJson.Default.ConfigurationChange) is not { } change || change.Node.Value != id) return BodyInvalid();
        if (!holder.IsMaster) return NotMaster(holder);
        var decision = await master.DecideAsync(change.RequestId, topology => NodeConfigurations.Change(topology, change), cancellation);
        if (decision.Code is ProblemCode.RegisterUnavailable or ProblemCode.OutcomeUnknown) return Refused(decision);
        return Json(new ConfigurationAnswer(!decision.IsRefused, decision.Detail, decision.Next ?? holder.Current!), KvJson.Default.ConfigurationAnswer);
    }

    private static async Task<IResult> Update(HttpRequest http, TopologyHolder holder, TopologyPuller puller, MasterWatch watch)
    {
        if (await ReadAsync(http, KvJson.Default.TopologyUpdate) is not { Header: not null, Changed.IsDefault: false, Removed.IsDefault: false } update) return BodyInvalid();
        if (holder.Current is not { } current) return NotReady();

        // A master that was deposed and has not heard of it yet is no sign of life of the one in office.
        if (update.Sender == current.Master || (update.Header.Version > current.Version && update.Sender == update.Header.Master)) watch.Heard();
        if (current.Lineage == update.Header.Lineage && current.Version >= update.Header.Version) return Results.NoContent();
        if (update.ApplyTo(current) is { } next && holder.TryAdopt(next)) return Results.NoContent();
        puller.Request(update.Header.FindServer(update.Sender)?.Http ?? current.FindServer(update.Sender)?.Http);
        return Problem(409, ProblemCode.TopologyConflict, "There is a gap before this update; the whole topology is being fetched.", retryable: false);
    }

    private static async Task<IResult> SetWriteModeAsync(string mode, HttpResponse response, TopologyHolder holder, Master master, CancellationToken cancellation)
    {
        if (!Enum.TryParse<WriteMode>(mode, ignoreCase: true, out var wanted) || !Enum.IsDefined(wanted))
            return Problem(400, ProblemCode.QueryInvalid, "The write mode must be InSync, Strict or Relaxed.", retryable: false);
        if (!holder.IsMaster) return ToMaster(response, holder);
        var decision = await master.DecideAsync(Guid.NewGuid(), topology => ClusterChanges.SetWriteMode(topology, wanted), cancellation);
        return decision.IsRefused ? Refused(decision) : Results.NoContent();
    }

    /// <summary>Whoever names a cluster means that one: a request for another is not for this server.</summary>
    public static async ValueTask<object?> RefuseStrangers(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var named = context.HttpContext.Request.Headers[KvHeaders.ClusterId].ToString();
        var holder = context.HttpContext.RequestServices.GetRequiredService<TopologyHolder>();
        var isStranger = named.Length > 0 && holder.ClusterText.Length > 0 && !named.Equals(holder.ClusterText, StringComparison.OrdinalIgnoreCase);
        if (isStranger) return Problem(409, ProblemCode.ClusterMismatch, $"This is cluster {holder.ClusterText}, not {named}.", retryable: false);

        // A new topology is synced to the disk, and the thread that waits for all sockets is not to wait for that.
        await Task.Yield();
        return await next(context);
    }

    private static async Task<T?> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return await request.ReadFromJsonAsync(type);
        }
        catch (Exception invalid) when (invalid is System.Text.Json.JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static IResult NotMaster(TopologyHolder holder) =>
        holder.Current is { } topology && topology.FindServer(topology.Master) is { } master
            ? Problem(421, ProblemCode.NotMaster, $"The master is {master.Name} at {master.Http}.", retryable: true)
            : NotReady();

    // An operator may ask any server.
    private static IResult ToMaster(HttpResponse response, TopologyHolder holder)
    {
        if (holder.Current is not { } topology || topology.FindServer(topology.Master) is not { } master) return NotReady();
        var request = response.HttpContext.Request;
        response.Headers.Location = new Uri(master.Http, request.PathBase + request.Path + request.QueryString).ToString();
        return Results.StatusCode(StatusCodes.Status307TemporaryRedirect);
    }

    private static IResult Refused(TopologyDecision decision) => decision.Code switch
    {
        ProblemCode.RegistrationWaiting => Problem(503, decision.Code, decision.Detail, retryable: true),
        ProblemCode.OutcomeUnknown => Problem(504, decision.Code, decision.Detail, retryable: true),
        ProblemCode.RegisterUnavailable => Problem(503, decision.Code, decision.Detail, retryable: true),
        ProblemCode.NotReady => Problem(503, decision.Code, decision.Detail, retryable: true),
        ProblemCode.RegistrationInvalid => Problem(400, decision.Code, decision.Detail, retryable: false),
        ProblemCode.NodeUnknown => Problem(404, decision.Code, decision.Detail, retryable: false),
        _ => Problem(409, decision.Code ?? ProblemCode.TopologyConflict, decision.Detail, retryable: decision.Code is ProblemCode.IdentityTaken or ProblemCode.VoterNeeded),
    };

    private static IResult NotReady() => Problem(503, ProblemCode.NotReady, "This server knows no topology yet.", retryable: true);
    private static IResult BodyInvalid() => Problem(400, ProblemCode.BodyInvalid, "The body is not what this request takes.", retryable: false);

    private static IResult Json<T>(T value, JsonTypeInfo<T> type) => Results.Json(value, type);

    private static IResult Problem(int status, string code, string? detail, bool retryable) => Results.Json(
        new KvProblem
        {
            Type = ProblemCode.TypePrefix + code,
            Title = code.Replace('-', ' '),
            Status = status,
            Detail = detail,
            Code = code,
            Retryable = retryable,
            TraceId = System.Diagnostics.Activity.Current?.TraceId.ToString(),
        },
        KvJson.Default.KvProblem,
        "application/problem+json",
        status);
}
