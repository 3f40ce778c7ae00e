using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KvCluster.Client.Http;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Problems;

namespace KvCluster.Client.Topology;

/// <summary>What an operator does to the cluster. Any server may be asked: it names the one that decides.</summary>
public sealed class ClusterOperator
{
    private const int RedirectsMax = 5;
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(15);
    private readonly ClusterTopologyManager _topology;
    private readonly ServerDirectory _directory;
    private readonly StoreHttpClientFactory _factory;
    private readonly AttemptSender _sender;

    internal ClusterOperator(ClusterTopologyManager topology, ServerDirectory directory, StoreHttpClientFactory factory, AttemptSender sender) =>
        (_topology, _directory, _factory, _sender) = (topology, directory, factory, sender);

    /// <summary>Swaps main and replica of a node as planned.</summary>
    /// <exception cref="KvRequestException">It cannot be done; nothing changed.</exception>
    /// <exception cref="KvOutcomeUnknownException">A server was asked and did not answer, or could not find out what became of it: it may or may not take effect.</exception>
    /// <exception cref="KvUnavailableException">No server answered.</exception>
    public Task HandOverAsync(NodeId node, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, Text($"/cluster/nodes/{node.Value}/handover"), cancellationToken);

    /// <summary>Takes a node out of the cluster.</summary>
    /// <param name="force">Also when it holds slots: their keys are lost, and the slots go to the other nodes, empty.</param>
    /// <inheritdoc cref="HandOverAsync" path="/exception"/>
    public Task RemoveNodeAsync(NodeId node, bool force = false, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Delete, Text($"/cluster/nodes/{node.Value}{(force ? "?force=true" : "")}"), cancellationToken);

    /// <summary>Takes a replica or a witness out of the cluster. A replica's node goes on with one copy and has room for another.</summary>
    /// <inheritdoc cref="HandOverAsync" path="/exception"/>
    public Task RemoveServerAsync(ServerId server, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Delete, Text($"/cluster/servers/{server.Value}"), cancellationToken);

    /// <summary>
    /// Makes a server main that is not in sync, because nobody who is will come back. Every write that was acknowledged without it is lost for good.
    /// </summary>
    /// <param name="epoch">The node's epoch in which the loss was judged; refused in any other.</param>
    /// <inheritdoc cref="HandOverAsync" path="/exception"/>
    public Task ForcePromotionAsync(NodeId node, ServerId server, Epoch epoch, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, Text($"/cluster/nodes/{node.Value}/promote?server={server.Value}&epoch={epoch.Value}&acceptLoss=true"), cancellationToken);

    /// <summary>
    /// Begins the topology register anew at the server that is asked, because most of its voters are gone for good. Changes of the topology that only
    /// they knew are lost; data is not. Refused while a majority of the voters answers.
    /// </summary>
    /// <param name="version">The newest version of the topology in reach, from which it goes on; refused when there is a newer one.</param>
    /// <inheritdoc cref="HandOverAsync" path="/exception"/>
    public async Task<RestorePlan> RestoreRegisterAsync(long version, CancellationToken cancellationToken = default) =>
        Read(await SendAsync(HttpMethod.Post, Text($"/cluster/restore?version={version}&acceptLoss=true"), cancellationToken).ConfigureAwait(false), KvJson.Default.RestorePlan);

    /// <summary>From what <see cref="RestoreRegisterAsync"/> would begin anew, and what would be lost. Changes nothing.</summary>
    /// <inheritdoc cref="HandOverAsync" path="/exception"/>
    public async Task<RestorePlan> PlanRestoreAsync(CancellationToken cancellationToken = default) =>
        Read(await SendAsync(HttpMethod.Get, "/cluster/restore", cancellationToken).ConfigureAwait(false), KvJson.Default.RestorePlan);

    /// <summary>Gives the master's office to another server; the cluster goes on meanwhile.</summary>
    /// <param name="server">None: one in sight that holds data on another node.</param>
    /// <inheritdoc cref="HandOverAsync" path="/exception"/>
    public Task MoveMasterAsync(ServerId server = default, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, Text($"/cluster/master?server={server.Value}"), cancellationToken);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static T Read<T>(StoreAnswer answer, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(answer.Body.Span, type) ?? throw new KvRequestException("The server answered with nothing.");
        }
        catch (JsonException unreadable)
        {
            throw new KvOutcomeUnknownException("The server's answer cannot be read.", unreadable);
        }
    }

    private async Task<StoreAnswer> SendAsync(HttpMethod method, string target, CancellationToken cancellationToken)
    {
        KvRequestException? notReady = null;
        foreach (var server in await _directory.CandidatesAsync(_topology.Routing, cancellationToken).ConfigureAwait(false))
        {
            var attempt = await FollowAsync(server, method, target, cancellationToken).ConfigureAwait(false);
            if (attempt.Kind == AttemptKind.NotSent || (attempt.Answer is null && method == HttpMethod.Get)) continue;
            if (attempt.Answer is not { } answer) throw new KvOutcomeUnknownException("The server was asked and did not answer.", attempt.Error);
            if (answer.IsSuccess) return answer;
            if (answer.Problem is { Code: ProblemCode.OutcomeUnknown } unknown) throw new KvOutcomeUnknownException(unknown.Detail ?? unknown.Title) { TraceId = unknown.TraceId };
            var refusal = answer.Problem is { } problem ? KvRequestException.From(problem) : new KvRequestException($"The server answered with status {(int)answer.Status}.");

            // It knows no topology, or none that it is part of: what it cannot do another one may.
            if (refusal.Code != ProblemCode.NotReady) throw refusal;
            notReady = refusal;
        }

        if (notReady is not null) throw notReady;
        throw new KvUnavailableException("No server of the cluster answered.") { Code = ProblemCode.NotReady, IsTransient = true };
    }

    private async Task<Attempt> FollowAsync(StoreServer server, HttpMethod method, string target, CancellationToken cancellationToken)
    {
        for (var redirects = 0; ; redirects++)
        {
            using var message = new HttpRequestMessage(method, server.Base + target);
            var attempt = await _sender.SendAsync(server, message, AskTimeout, asMain: false, cancellationToken).ConfigureAwait(false);
            if (attempt.Answer is not { Location: { IsAbsoluteUri: true } location } answer || (int)answer.Status != 307 || redirects == RedirectsMax) return attempt;
            server = _factory.For(location);
        }
    }
}
