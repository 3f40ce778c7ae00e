using System.Globalization;
using KvCluster.Client.Http;
using KvCluster.Protocol.Identity;
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
    public Task RestoreRegisterAsync(long version, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, Text($"/cluster/restore?version={version}&acceptLoss=true"), cancellationToken);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private async Task SendAsync(HttpMethod method, string target, CancellationToken cancellationToken)
    {
        foreach (var server in await _directory.CandidatesAsync(_topology.Routing, cancellationToken).ConfigureAwait(false))
        {
            var attempt = await FollowAsync(server, method, target, cancellationToken).ConfigureAwait(false);
            if (attempt.Kind == AttemptKind.NotSent) continue;
            if (attempt.Answer is not { } answer) throw new KvOutcomeUnknownException("The server was asked and did not answer.", attempt.Error);
            if (answer.IsSuccess) return;
            if (answer.Problem is { Code: ProblemCode.OutcomeUnknown } unknown) throw new KvOutcomeUnknownException(unknown.Detail ?? unknown.Title) { TraceId = unknown.TraceId };
            throw answer.Problem is { } problem ? KvRequestException.From(problem) : new KvRequestException($"The server answered with status {(int)answer.Status}.");
        }

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
