using System.Collections.Immutable;
using KvCluster.Core.Replication;
using KvCluster.Node.Diagnostics;
using KvCluster.Node.Host;
using KvCluster.Node.Replication;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;
using Microsoft.Extensions.Logging.Abstractions;

namespace KvCluster.Tests.Diagnostics;

/// <summary>Each way in which a server becomes main is counted and timed by its reason, and a start is none of them.</summary>
public sealed class RoleWatchTests : IDisposable
{
    private static readonly ServerId Self = new(2);
    private static readonly ServerId Other = new(1);
    private readonly MeterReader _reader = new();
    private readonly RoleWatch _watch;

    public RoleWatchTests() =>
        _watch = new RoleWatch(new FailoverMetrics(new NodeMeter(_reader)), Self, "b", NullLogger.Instance);

    public void Dispose() => _reader.Dispose();

    [Theory]
    [InlineData(ConfigurationChangeKind.Takeover, "silence")]
    [InlineData(ConfigurationChangeKind.HandOver, "hand_over")]
    public void AskedForAndGranted_IsCountedByItsReason(ConfigurationChangeKind asked, string reason)
    {
        _watch.OnProposed(asked);
        Follow(
            Status(ReplicaRole.Replica, Other),
            Status(ReplicaRole.Replica, Other) with { IsPromoting = true },
            Status(ReplicaRole.Reconciling, Self),
            Status(ReplicaRole.Main, Self));
        AssertCounted(reason);
    }

    [Fact]
    public void GivenByAnOperator_IsCountedAndTimedAsSuch()
    {
        Follow(
            Status(ReplicaRole.Learner, Other),
            Status(ReplicaRole.Learner, Self, lineage: 1),
            Status(ReplicaRole.Reconciling, Self, lineage: 1),
            Status(ReplicaRole.Main, Self, lineage: 1));
        AssertCounted("operator");
    }

    [Fact]
    public void AskedForAndNotGranted_IsNotCounted()
    {
        _watch.OnProposed(ConfigurationChangeKind.Takeover);
        Follow(Status(ReplicaRole.Replica, Other) with { IsPromoting = true }, Status(ReplicaRole.Replica, Other));
        AssertCounted(null);
    }

    [Fact]
    public void StartAsMain_IsNoFailover()
    {
        Follow(
            Status(ReplicaRole.Learner, Self) with { Configuration = null },
            Status(ReplicaRole.Reconciling, Self, lineage: 1),
            Status(ReplicaRole.Main, Self, lineage: 1));
        AssertCounted(null);
    }

    [Fact]
    public void NewLineageOfAMain_IsNoFailover()
    {
        Follow(Status(ReplicaRole.Main, Self), Status(ReplicaRole.Main, Self, lineage: 1));
        AssertCounted(null);
    }

    private void Follow(params ReplicationStatus[] seen)
    {
        for (var i = 1; i < seen.Length; i++) _watch.OnChanged(seen[i - 1], seen[i]);
    }

    private void AssertCounted(string? reason)
    {
        var read = _reader.Collect();
        Assert.All((string[])["silence", "hand_over", "operator"], name =>
        {
            var expected = name == reason ? 1 : 0;
            Assert.Equal(expected, read[$"kvcluster.failovers{{kvcluster.failover.reason={name}}}"]);
            Assert.Equal(expected, read.GetValueOrDefault($"kvcluster.failover.duration{{kvcluster.failover.reason={name}}}"));
        });
    }

    private static ReplicationStatus Status(ReplicaRole role, ServerId main, int lineage = 0) => new()
    {
        Role = role,
        IsPromoting = false,
        Configuration = new NodeConfiguration(
            new NodeId(1), lineage, new Epoch(1), main, [main], ImmutableArray.Create(new Member(Other, default), new Member(Self, default)), WriteMode.InSync, (0, 1)),
        Base = default,
        Last = default,
        Durable = default,
        Committed = default,
        Applied = default,
        PeerMatch = null,
        RequiresPeer = false,
        PeerBacklogBytes = 0,
        PeerLagMicroseconds = 0,
    };
}
