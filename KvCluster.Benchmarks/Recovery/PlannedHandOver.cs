using System.Globalization;
using KvCluster.Benchmarks.Cluster;
using KvCluster.Protocol.Topology;

namespace KvCluster.Benchmarks.Recovery;

/// <summary>The planned swap of main and replica, as an operator asks for it.</summary>
internal sealed class PlannedHandOver(HttpClient http) : IDisturbance
{
    public string Name => "planned hand-over";

    public async Task DisturbAsync(NodeInfo node, ClusterState state, CancellationToken cancellation)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/cluster/nodes/{node.Id.Value}/handover");
        using var answer = await http.PostAsync(new Uri(node.MainServer.Http, path), null, cancellation);
        if (!answer.IsSuccessStatusCode)
            throw new BenchmarkException($"The hand-over was refused: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellation)}");
    }
}
