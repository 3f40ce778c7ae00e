using System.Net;
using System.Text;
using System.Text.Json;
using k8s;
using k8s.Autorest;
using k8s.Models;
using KvCluster.Core.Master;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Control.Kubernetes;

/// <summary>
/// The topology in a ConfigMap. The API server refuses a replacement whose <c>resourceVersion</c> is no longer the newest, which makes
/// reading, comparing and replacing one compare-and-set.
/// </summary>
internal sealed class KubernetesRegister(IKubernetes api, string space, string name) : ITopologyRegister, IDisposable
{
    private const string Key = "topology.json";
    private static readonly TimeSpan OperationMax = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AttemptMax = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(50);

    public async Task<ClusterTopology?> ReadAsync(CancellationToken cancellation)
    {
        var (answer, map) = await AskAsync((client, token) => client.CoreV1.ReadNamespacedConfigMapAsync(name, space, cancellationToken: token), cancellation);
        return answer == HttpStatusCode.OK ? Document(map!).Document : null;
    }

    public async Task<RegisterOutcome> CompareAndSetAsync(long expectedVersion, ClusterTopology document, CancellationToken cancellation)
    {
        var (found, map) = await AskAsync((client, token) => client.CoreV1.ReadNamespacedConfigMapAsync(name, space, cancellationToken: token), cancellation);
        if (found is not (HttpStatusCode.OK or HttpStatusCode.NotFound)) return RegisterOutcome.Unavailable;
        var (isRead, current) = map is null ? (true, null) : Document(map);
        if (!isRead) return RegisterOutcome.Unavailable;
        if ((current?.Version ?? 0) != expectedVersion) return Settled(current, document);

        var next = map ?? new V1ConfigMap { Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = space } };
        next.Data = new Dictionary<string, string> { [Key] = Encoding.UTF8.GetString(RegisterDocument.Write(document)) };
        var (written, _) = map is null
            ? await AskAsync((client, token) => client.CoreV1.CreateNamespacedConfigMapAsync(next, space, cancellationToken: token), cancellation)
            : await AskAsync((client, token) => client.CoreV1.ReplaceNamespacedConfigMapAsync(next, name, space, cancellationToken: token), cancellation);
        return written switch
        {
            HttpStatusCode.OK => RegisterOutcome.Written,

            // Somebody was faster, or a repetition of this very request; only the document tells.
            HttpStatusCode.Conflict => await SettledAsync(document, cancellation),
            HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.TooManyRequests => RegisterOutcome.Unavailable,
            _ => RegisterOutcome.Unknown,
        };
    }

    private async Task<RegisterOutcome> SettledAsync(ClusterTopology document, CancellationToken cancellation)
    {
        var (answer, map) = await AskAsync((client, token) => client.CoreV1.ReadNamespacedConfigMapAsync(name, space, cancellationToken: token), cancellation);
        return answer == HttpStatusCode.OK && Document(map!) is (true, var newest) ? Settled(newest, document) : RegisterOutcome.Unknown;
    }

    private static RegisterOutcome Settled(ClusterTopology? newest, ClusterTopology document) =>
        newest is not null && newest.WasMadeBy(document.Recent[^1].RequestId) ? RegisterOutcome.Written : RegisterOutcome.Conflict;

    private static (bool IsRead, ClusterTopology? Document) Document(V1ConfigMap map) =>
        map.Data is { } data && data.TryGetValue(Key, out var text) ? RegisterDocument.Read(Encoding.UTF8.GetBytes(text)) : (true, null);

    // A request that may have been carried out is not repeated here: who asked finds out by reading. A throttled one was not.
    private async Task<(HttpStatusCode Answer, V1ConfigMap? Map)> AskAsync(Func<IKubernetes, CancellationToken, Task<V1ConfigMap>> ask, CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        end.CancelAfter(OperationMax);
        for (var pause = PauseMin; ; pause *= 2)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
            patience.CancelAfter(AttemptMax);
            try
            {
                return (HttpStatusCode.OK, await ask(api, patience.Token));
            }
            catch (HttpOperationException refused) when (refused.Response.StatusCode != HttpStatusCode.TooManyRequests)
            {
                return (refused.Response.StatusCode, null);
            }
            catch (HttpOperationException)
            {
                // Too many requests: after a pause.
            }
            catch (Exception failure) when (failure is HttpRequestException or JsonException || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                return (HttpStatusCode.RequestTimeout, null);
            }

            try
            {
                await Task.Delay(pause, end.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return (HttpStatusCode.TooManyRequests, null);
            }
        }
    }

    public void Dispose() => api.Dispose();
}
