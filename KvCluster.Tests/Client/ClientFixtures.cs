using KvCluster.Client;
using KvCluster.Tests.Client.Fake;

namespace KvCluster.Tests.Client;

internal static class ClientFixtures
{
    public static KvClusterClient Connect(this FakeCluster cluster, Action<KvClientOptions>? configure = null, int seed = 1)
    {
        var options = new KvClientOptions { Endpoints = { cluster.Server(seed).Address } };
        configure?.Invoke(options);
        return new KvClusterClient(options);
    }

    /// <summary>A key that the node with this number (from 1) has.</summary>
    public static KvKey KeyOf(this FakeCluster cluster, int node) =>
        Enumerable.Range(0, 1000).Select(i => new KvKey($"key-{i}")).First(key => cluster.NodeOf(key).Id.Value == node);
}
