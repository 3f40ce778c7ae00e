using System.Net;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Control.Kubernetes;

/// <summary>
/// The topology in a ConfigMap. The API server refuses a replacement whose <c>resourceVersion</c> is no longer the newest, which makes
/// reading, comparing and replacing one compare-and-set.
/// </summary>
internal sealed class KubernetesRegister(ConfigMapClient map) : ITopologyRegister
{
    private const int AttemptsMax = 4;
    private static readonly TimeSpan OperationMax = TimeSpan.FromSeconds(3);

    public async Task<ClusterTopology?> ReadAsync(CancellationToken cancellation)
    {
        using var end = new CancellationTokenSource(OperationMax);
        return (await map.ReadAsync(end.Token, cancellation)).Map is { } found ? ConfigMapClient.Document(found).Document : null;
    }

    public async Task<CompareAndSetResult> CompareAndSetAsync(long expectedVersion, ClusterTopology document, CancellationToken cancellation)
    {
        using var end = new CancellationTokenSource(OperationMax);
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            var (status, found) = await map.ReadAsync(end.Token, cancellation);
            if (status is not (HttpStatusCode.OK or HttpStatusCode.NotFound)) break;
            var (isRead, current) = found is null ? (true, null) : ConfigMapClient.Document(found);
            if (!isRead) break;
            if ((current?.Version ?? 0) != expectedVersion) return RegisterDocument.Settle(current, expectedVersion, document);
            switch ((await map.WriteAsync(found, document, end.Token, cancellation)).Status)
            {
                case HttpStatusCode.OK: return new CompareAndSetResult(RegisterOutcome.Written, document);

                // The map was touched meanwhile, perhaps by an earlier attempt of this very request; only what it holds now tells.
                case HttpStatusCode.Conflict: continue;
                case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.TooManyRequests: return new CompareAndSetResult(RegisterOutcome.Unavailable);
                default: return new CompareAndSetResult(RegisterOutcome.Unknown);
            }
        }

        return new CompareAndSetResult(RegisterOutcome.Unavailable);
    }
}
