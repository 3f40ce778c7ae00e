using KvCluster.Core.Master;
using KvCluster.Core.Register;
using KvCluster.Node.Control;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Topology;
using KvCluster.Tests.Processes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace KvCluster.Tests.Control;

/// <summary>Where a server that has a gap gets the whole topology from.</summary>
public sealed class TopologyPullerTests : IDisposable
{
    private static readonly Uri Nobody = new("http://127.0.0.1:1");
    private readonly ControlHttp _http = new();
    private readonly BackgroundWork _work = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Request_TellerAndMasterAreGone_AsksTheRegister()
    {
        var (known, newest) = Known(Nobody, Nobody);
        await AssertPullsAsync(known, newest, new MemoryRegister(newest), Nobody);
    }

    [Fact]
    public async Task Request_RegisterThrowsToo_AsksAnybody()
    {
        ClusterTopology? told = null;
        await using var other = await HttpMember.StartAsync(context => context.Response.WriteAsJsonAsync(told, KvJson.Default.ClusterTopology, cancellationToken: Cancellation));
        var (known, newest) = Known(Nobody, other.Url);
        told = newest;
        await AssertPullsAsync(known, newest, new MemoryRegister(known) { Failure = new IOException("The response ended prematurely.") }, teller: null);
    }

    [Fact]
    public async Task Request_TellerHangsUpOnce_IsAskedAgain()
    {
        ClusterTopology? told = null;
        var asked = 0;
        await using var teller = await HttpMember.StartAsync(context =>
        {
            if (Interlocked.Increment(ref asked) > 1) return context.Response.WriteAsJsonAsync(told, KvJson.Default.ClusterTopology, cancellationToken: Cancellation);
            context.Abort();
            return Task.CompletedTask;
        });
        var (known, newest) = Known(Nobody, Nobody);
        told = newest;
        await AssertPullsAsync(known, newest, new MemoryRegister(known) { IsOutOfReach = true }, teller.Url);
        Assert.True(asked > 1);
    }

    // Each update that shows the gap is another request to fetch.
    private async Task AssertPullsAsync(ClusterTopology known, ClusterTopology newest, MemoryRegister register, Uri? teller)
    {
        var holder = new TopologyHolder { Self = new ServerId(3) };
        holder.TryAdopt(known);
        var puller = new TopologyPuller(holder, _http, register, _work, NullLogger<TopologyPuller>.Instance);
        await TestCluster.PollAsync("the newest topology is known", () =>
        {
            puller.Request(teller);
            return Task.FromResult(holder.Current!.Version == newest.Version);
        });
        Assert.False(_work.Failed.IsCompleted);
    }

    private static (ClusterTopology Known, ClusterTopology Newest) Known(Uri master, Uri other)
    {
        var known = Registration.Bootstrap(Registrations.Cluster, new ClusterSettings { InitialNodes = 1 }, Registrations.Of(1, "a", PreferredRole.Main) with { Http = master })
            .Granted(Registrations.Of(2, "a", PreferredRole.Replica) with { Http = other });
        return (known, (known with { NextMigrationId = 77 }).Stamp(known, Guid.NewGuid()));
    }
}
