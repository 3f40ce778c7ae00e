using System.Diagnostics;
using KvCluster.Core.Log;
using KvCluster.Core.Replication;
using KvCluster.Core.Replication.Effects;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Node.Replication;
using KvCluster.Protocol.Identity;

namespace KvCluster.Tests.Replication;

public class ReplicationLoopTests
{
    private readonly List<ReplicationEffect> _effects = [];
    private readonly List<Exception> _failures = [];

    [Fact]
    public void Post_OfAWrite_IsSteppedOnItsOwnThread()
    {
        var loop = Loop(_effects.Add);

        Assert.True(loop.Post(Write(7)));

        Assert.Equal(new RefuseEffect(7, Refusal.NotReady), Assert.Single(_effects));
    }

    [Fact]
    public void Post_OfAStepThatFails_TellsTheGuardAndIsTheLastStep()
    {
        var steps = 0;
        var loop = Loop(_ =>
        {
            steps++;
            throw new InvalidOperationException("broken");
        });

        loop.Post(Write(7));
        loop.Post(Write(8));

        Assert.Equal("broken", Assert.Single(_failures).Message);
        Assert.Equal(1, steps);
    }

    [Fact]
    public void Post_WithinARequest_StepsOutsideOfItsTrace()
    {
        using var request = new Activity("request").Start();
        var seen = request;
        var loop = Loop(_ => seen = Activity.Current);

        loop.Post(Write(7));

        Assert.Null(seen);
        Assert.Same(request, Activity.Current);
    }

    [Fact]
    public async Task Post_AfterAStepThatBeganATrace_StepsWithinIt_WhicheverThreadBringsIt()
    {
        using var failover = new Activity("failover");
        List<Activity?> seen = [];
        var loop = Loop(_ =>
        {
            seen.Add(Activity.Current);
            if (seen.Count == 1) failover.Start();
            if (seen.Count == 2) failover.Stop();
        });

        for (var token = 1; token <= 3; token++) await Task.Factory.StartNew(token => loop.Post(Write((int)token!)), token, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        Assert.Equal([null, failover, null], seen);
        Assert.Null(Activity.Current);
    }

    [Fact]
    public void Close_WhatWasPostedBefore_IsSteppedAndNothingAfter()
    {
        var loop = Loop(_effects.Add);
        Assert.True(loop.Post(new HandOverRequested(7, false)));
        Assert.Empty(_effects);

        loop.Close();
        loop.Run();

        Assert.Equal(new RefuseEffect(7, Refusal.NotMain), Assert.Single(_effects, effect => effect is RefuseEffect));
        Assert.False(loop.Post(Write(8)));
    }

    private static WriteRequested Write(long token) => new(token, EntryKind.Command, ReadOnlyMemory<byte>.Empty);

    private ReplicationLoop Loop(Action<ReplicationEffect> execute) => new(
        new ReplicationCore(new CoreStart(CorePair.Member(1, 1), 0, default, default, Revision.None, [], LogIndex.Zero), CorePair.Options),
        execute,
        (_, _) => { },
        turn =>
        {
            try
            {
                turn();
            }
            catch (InvalidOperationException failure)
            {
                _failures.Add(failure);
            }
        });
}
