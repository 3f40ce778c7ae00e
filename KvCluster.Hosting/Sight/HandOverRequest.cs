using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Json;

namespace KvCluster.Hosting.Sight;

/// <summary>Asks a cluster to swap main and replica of a node.</summary>
/// <param name="http">Follows redirects: only the node's main can hand over, and every other server names it.</param>
internal sealed class HandOverRequest(HttpClient http)
{
    /// <returns>None when the node was handed over, otherwise why not, as a sentence.</returns>
    public async Task<string?> SendAsync(Uri server, NodeId node, CancellationToken cancellation)
    {
        var target = new Uri(server, string.Create(CultureInfo.InvariantCulture, $"/cluster/nodes/{node.Value}/handover"));
        try
        {
            using var response = await http.PostAsync(target, content: null, cancellation);
            return response.IsSuccessStatusCode ? null : await RefusalAsync(response, cancellation);
        }
        catch (Exception error) when (error is HttpRequestException or IOException || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // The request may have arrived all the same.
            return $"{server.Authority} did not answer, so it is not known whether the node was handed over: {error.Message}";
        }
    }

    private static async Task<string> RefusalAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            var problem = await response.Content.ReadFromJsonAsync(KvJson.Default.KvProblem, cancellation);
            if (problem?.Detail is { Length: > 0 } detail)
                return detail;
        }
        catch (JsonException)
        {
            // Not one of ours wrote the answer; its status says what there is to say.
        }

        return $"The server answered with status {(int)response.StatusCode}.";
    }
}
