using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KvCluster.Client.Diagnostics;
using KvCluster.Client.Http;
using Microsoft.Extensions.Logging;

namespace KvCluster.Client.Topology;

/// <summary>Asks one server one question about the cluster.</summary>
internal sealed class ServerQuery(AttemptSender sender, TimeProvider time, ILogger logger)
{
    /// <summary>The newest time of any answer.</summary>
    public NodeClock Clock { get; } = new(time);

    /// <summary>The answer; none when the server gave none, which is logged.</summary>
    public async ValueTask<T?> AskAsync<T>(StoreServer server, string target, JsonTypeInfo<T> type, TimeSpan timeout, CancellationToken cancellationToken)
        where T : class
    {
        var message = new HttpRequestMessage(HttpMethod.Get, server.Base + target);
        var attempt = await sender.SendAsync(server, message, timeout, asMain: false, cancellationToken).ConfigureAwait(false);
        if (attempt.Answer is not { } answer)
        {
            ClientLog.QuestionFailed(logger, server.Base, target, attempt.Error!.Message);
            return null;
        }

        Clock.ObserveDate(answer);
        if (answer.Status != HttpStatusCode.OK)
        {
            ClientLog.QuestionFailed(logger, server.Base, target, answer.Problem?.Title ?? $"status {(int)answer.Status}");
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(answer.Body.Span, type);
        }
        catch (JsonException unreadable)
        {
            ClientLog.QuestionFailed(logger, server.Base, target, unreadable.Message);
            return null;
        }
    }
}
