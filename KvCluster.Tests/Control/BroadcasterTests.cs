using KvCluster.Core.Register;
using KvCluster.Node.Control;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Problems;
using KvCluster.Tests.Processes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace KvCluster.Tests.Control;

/// <summary>What the master tells arrives, though the way loses some of it.</summary>
public sealed class BroadcasterTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task OnChanged_UpdatesGetLost_ArrivesAllTheSame(int lost)
    {
        using var http = new ControlHttp();
        var work = new BackgroundWork();
        var (sender, receiver) = (new TopologyHolder(), new TopologyHolder { Self = new ServerId(2) });
        await using var master = await HttpMember.StartAsync(context => context.Response.WriteAsJsonAsync(sender.Current, KvJson.Default.ClusterTopology, cancellationToken: Cancellation));
        var topology = Registrations.Bootstrap();
        var puller = new TopologyPuller(receiver, http, new MemoryRegister(topology) { IsOutOfReach = true }, work, NullLogger<TopologyPuller>.Instance);
        await using var member = await HttpMember.StartAsync(context => ReceiveAsync(context, receiver, puller, master.Url, isLost: Interlocked.Decrement(ref lost) >= 0));
        topology = topology.Granted(Registrations.Of(2, "a", PreferredRole.Replica) with { Http = member.Url });
        receiver.TryAdopt(topology);
        sender.Self = topology.Master;
        sender.TryAdopt(topology);
        using var broadcaster = new Broadcaster(sender, http, new Sight(TimeProvider.System), work);
        sender.Changed += broadcaster.OnChanged;
        broadcaster.OnChanged(topology);

        for (var change = 0; change < 5; change++)
        {
            var newest = sender.Current!;
            sender.TryAdopt((newest with { NextMigrationId = newest.NextMigrationId + 1 }).Stamp(newest, Guid.NewGuid()));
            if (change % 2 == 0) await ArrivesAsync();
        }

        await ArrivesAsync();
        Assert.False(work.Failed.IsCompleted);

        Task ArrivesAsync() => TestCluster.PollAsync("the newest topology arrives", () => Task.FromResult(receiver.Current!.NextMigrationId == sender.Current!.NextMigrationId));
    }

    // As a server takes an update: what does not start from what it has is a gap, and the whole is fetched.
    private static async Task ReceiveAsync(HttpContext context, TopologyHolder receiver, TopologyPuller puller, Uri teller, bool isLost)
    {
        var update = (await context.Request.ReadFromJsonAsync(KvJson.Default.TopologyUpdate, Cancellation))!;
        if (isLost)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = 204;
        if (receiver.Current!.Version >= update.Header.Version || (update.ApplyTo(receiver.Current) is { } next && receiver.TryAdopt(next))) return;
        puller.Request(teller);
        context.Response.StatusCode = 409;
        var problem = new KvProblem { Type = ProblemCode.TopologyConflict, Title = "gap", Status = 409, Code = ProblemCode.TopologyConflict, Retryable = false };
        await context.Response.WriteAsJsonAsync(problem, KvJson.Default.KvProblem, cancellationToken: Cancellation);
    }

    [Fact]
    public async Task BackgroundWork_SomethingUnexpected_IsSeen()
    {
        var work = new BackgroundWork();
        work.Begin(() => Task.CompletedTask);
        work.Begin(async () =>
        {
            await Task.Yield();
            throw new InvalidOperationException("A sender met what cannot be.");
        });

        Assert.Contains("cannot be", (await Assert.ThrowsAsync<InvalidOperationException>(() => work.Failed.WaitAsync(Cancellation))).Message, StringComparison.Ordinal);
    }
}
