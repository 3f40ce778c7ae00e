using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using k8s;
using k8s.Autorest;
using k8s.Models;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Control.Kubernetes;

/// <summary>One ConfigMap of a Kubernetes API server: read, made, replaced and watched. Whatever goes wrong on the way is an answer too.</summary>
internal sealed class ConfigMapClient(IKubernetes api, string space, string name) : IDisposable
{
    private const string Key = "topology.json";
    private static readonly TimeSpan AttemptMax = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(50);

    /// <param name="end">When it must be over; the answer is then a time-out.</param>
    public Task<ConfigMapAnswer> ReadAsync(CancellationToken end, CancellationToken cancellation) =>
        AskAsync(token => api.CoreV1.ReadNamespacedConfigMapAsync(name, space, cancellationToken: token), end, cancellation);

    /// <param name="found">The map as it was read, which is replaced only if it is still so; none to make it.</param>
    public Task<ConfigMapAnswer> WriteAsync(V1ConfigMap? found, ClusterTopology document, CancellationToken end, CancellationToken cancellation)
    {
        var next = found ?? new V1ConfigMap { Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = space } };
        next.Data = new Dictionary<string, string> { [Key] = Encoding.UTF8.GetString(RegisterDocument.Write(document)) };
        return AskAsync(
            token => found is null
                ? api.CoreV1.CreateNamespacedConfigMapAsync(next, space, cancellationToken: token)
                : api.CoreV1.ReplaceNamespacedConfigMapAsync(next, name, space, cancellationToken: token),
            end,
            cancellation);
    }

    /// <summary>Every change of the map after <paramref name="resourceVersion"/>, until the API server ends the stream.</summary>
    /// <exception cref="HttpOperationException">It refuses to be watched from there, or at all.</exception>
    /// <exception cref="OperationCanceledException">It said so within the stream.</exception>
    public async IAsyncEnumerable<V1ConfigMap> WatchAsync(string resourceVersion, TimeSpan length, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // A line that is no event is skipped, and the next reading brings what it was about. A refusal ends the stream.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var changes = api.CoreV1.WatchListNamespacedConfigMapAsync(
            space, fieldSelector: $"metadata.name={name}", resourceVersion: resourceVersion, timeoutSeconds: (int)length.TotalSeconds, onError: OnError, cancellationToken: end.Token);
        await foreach (var (kind, map) in changes.WithCancellation(end.Token))
            if (kind is WatchEventType.Added or WatchEventType.Modified) yield return map;

        void OnError(Exception said)
        {
            if (said is KubernetesException) end.Cancel();
        }
    }

    /// <returns>Not read: what lies there is no topology, and nothing is to be written over it.</returns>
    public static (bool IsRead, ClusterTopology? Document) Document(V1ConfigMap map) =>
        map.Data is { } data && data.TryGetValue(Key, out var text) ? RegisterDocument.Read(Encoding.UTF8.GetBytes(text)) : (true, null);

    // A request that may have been carried out is not repeated here: who asked finds out by reading. A throttled one was not.
    private static async Task<ConfigMapAnswer> AskAsync(Func<CancellationToken, Task<V1ConfigMap>> ask, CancellationToken end, CancellationToken cancellation)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(end, cancellation);
        for (var pause = PauseMin; ; pause *= 2)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(both.Token);
            patience.CancelAfter(AttemptMax);
            try
            {
                return new ConfigMapAnswer(HttpStatusCode.OK, await ask(patience.Token));
            }
            catch (HttpOperationException refused) when (refused.Response.StatusCode != HttpStatusCode.TooManyRequests)
            {
                return new ConfigMapAnswer(refused.Response.StatusCode);
            }
            catch (HttpOperationException)
            {
                // Too many requests: after a pause.
            }
            catch (Exception failure) when (RegisterFailure.IsTrouble(failure, cancellation))
            {
                return new ConfigMapAnswer(HttpStatusCode.RequestTimeout);
            }

            try
            {
                await Task.Delay(pause, both.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return new ConfigMapAnswer(HttpStatusCode.TooManyRequests);
            }
        }
    }

    public void Dispose() => api.Dispose();
}
