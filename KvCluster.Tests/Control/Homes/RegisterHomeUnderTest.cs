using KvCluster.Core.Register;
using KvCluster.Node.Control;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Control.Homes;

/// <summary>A place where the topology is kept, as three servers see it.</summary>
internal abstract class RegisterHomeUnderTest : IAsyncDisposable
{
    public const int Servers = 3;

    /// <summary>The register as a server reaches it.</summary>
    public abstract ITopologyRegister Of(int server);

    /// <summary>The first document of a cluster, never the same twice.</summary>
    public virtual ClusterTopology First() => Registrations.Bootstrap();

    /// <summary>To be called when the first document was written: what the servers do to be able to use the register.</summary>
    public virtual Task<ClusterTopology> SettleAsync(ClusterTopology first) => Task.FromResult(first);

    /// <summary>Nobody reaches it any more; what it holds stays on its disk.</summary>
    public abstract Task StopAsync();
    public abstract Task StartAsync();
    public abstract ValueTask DisposeAsync();

    /// <summary>Founds a cluster.</summary>
    public async Task<ClusterTopology> FoundAsync()
    {
        var first = First();
        Assert.Equal(RegisterOutcome.Written, await Of(0).OutcomeAsync(0, first, TestContext.Current.CancellationToken));
        return await SettleAsync(first);
    }

    /// <summary>The next document, by a request of its own.</summary>
    public static ClusterTopology Next(ClusterTopology current) =>
        (current with { NextMigrationId = current.NextMigrationId + 1 }).Stamp(current, Guid.NewGuid());
}
