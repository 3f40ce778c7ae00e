using KvCluster.Core.Master;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Control;

/// <summary>A master that sees too little, or has looked for too short a time, changes nothing by itself.</summary>
public sealed class AutomaticChangesTests
{
    private const long LongInOffice = AutomaticChanges.GraceMilliseconds;

    [Fact]
    public void ReasonToWait_EverybodyInSightAndGraceOver_IsNone() => Assert.Null(AutomaticChanges.ReasonToWait(Cluster(4), LongInOffice, _ => true));

    [Theory]
    [InlineData(0)]
    [InlineData(AutomaticChanges.GraceMilliseconds - 1)]
    public void ReasonToWait_InTheGracePeriod_IsTheOffice(long inOffice) =>
        Assert.Contains("taken office", AutomaticChanges.ReasonToWait(Cluster(4), inOffice, _ => true), StringComparison.Ordinal);

    [Theory]
    [InlineData(2, 1, false)]
    [InlineData(3, 1, false)]
    [InlineData(3, 2, true)]
    [InlineData(4, 2, false)]
    [InlineData(4, 3, true)]
    [InlineData(5, 3, true)]
    [InlineData(6, 3, false)]
    public void ReasonToWait_WaitsForMoreThanHalf(int servers, int away, bool waits)
    {
        var topology = Cluster(servers);
        var missing = topology.Servers.Where(server => server.Id != topology.Master).Take(away).Select(server => server.Id).ToHashSet();
        var reason = AutomaticChanges.ReasonToWait(topology, LongInOffice, server => !missing.Contains(server));
        Assert.Equal(waits ? $"{away} of {servers} servers are out of sight." : null, reason);
    }

    [Fact]
    public void ReasonToWait_TheMasterAlwaysSeesItself()
    {
        Assert.Null(AutomaticChanges.ReasonToWait(Cluster(1), LongInOffice, _ => false));
        Assert.Null(AutomaticChanges.ReasonToWait(Cluster(2), LongInOffice, _ => false));
    }

    [Fact]
    public void ReasonToWait_CountsWitnesses()
    {
        var topology = Registrations.Pair().Granted(Registrations.Of(3) with { Kind = ServerKind.Witness });
        Assert.NotNull(AutomaticChanges.ReasonToWait(topology, LongInOffice, _ => false));
        Assert.Null(AutomaticChanges.ReasonToWait(topology, LongInOffice, server => server == topology.Witnesses[0].Id));
    }

    private static ClusterTopology Cluster(int servers) => Enumerable.Range(2, servers - 1)
        .Aggregate(Registrations.Bootstrap(), (topology, number) => topology.Granted(Registrations.Of(number, $"node-{number}", PreferredRole.Main)));
}
