using System.Text.Json.Nodes;
using KvCluster.Hosting.Plan;
using KvCluster.Node.Host;
using KvCluster.Protocol.Identity;
using KvCluster.Tests.Processes;

namespace KvCluster.Tests.Hosting;

/// <summary>A second cluster is never founded by accident, whatever starts with whatever disk.</summary>
[Collection(ProcessRoom.Name)]
public sealed class FoundingTests(SharedCluster shared) : IAsyncDisposable
{
    private readonly SingleServer _founder = new();
    private readonly SingleServer _other = new();
    private readonly ControlClient _control = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _control.Dispose();
        await _founder.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task Founder_FoundsNothingWhileASeedIsSilent()
    {
        NameSeeds();
        var run = _founder.Start();
        await ControlClient.WaitForLineAsync(run, "founds no cluster yet");
        Assert.Equal(ClusterId.None, await _control.ClusterOfAsync(_founder));

        _other.Start();

        await run.WaitUntilHealthyAsync(_founder.Url);
        var cluster = await _control.ClusterOfAsync(_founder);
        Assert.NotEqual(ClusterId.None, cluster);
        await _control.WaitForAsync("the other one has joined", _other, topology => topology.ClusterId == cluster && topology.Servers.Count() == 2);
    }

    [Fact]
    public async Task Founder_WithAnEmptyDisk_WaitsForTheClusterThatExists()
    {
        NameSeeds();
        var founder = _founder.Start();
        var other = _other.Start();
        await founder.WaitUntilHealthyAsync(_founder.Url);
        await _control.WaitForAsync("both are registered", _other, topology => topology.Servers.Count() == 2);
        var cluster = await _control.ClusterOfAsync(_other);
        Assert.Equal(0, await founder.StopAsync(Cancellation));
        Assert.Equal(0, await other.StopAsync(Cancellation));
        Directory.Delete(_founder.DataDirectory, recursive: true);

        founder = _founder.Start();
        await ControlClient.WaitForLineAsync(founder, "founds no cluster yet");
        _other.Start();

        // Its vote was the only one: nobody can register any more. That must be said, not hidden by a new, empty cluster.
        await ControlClient.WaitForLineAsync(founder, "is not registered yet");
        Assert.DoesNotContain("Created cluster", founder.Printed, StringComparison.Ordinal);
        Assert.Equal(cluster, await _control.ClusterOfAsync(_other));
        Assert.Equal(ClusterId.None, await _control.ClusterOfAsync(_founder));
    }

    [Fact]
    public async Task Founder_WithAnEmptyDisk_FindsTheRunningCluster()
    {
        var cluster = await shared.TakeAsync();
        var before = await cluster.WaitAsync("three servers vote", status => status.Topology.Voters.Length == 3);
        var founder = cluster.Plans.Single(plan => plan.IsBootstrap);
        await cluster.Run(founder.Name).KillAsync();
        await cluster.WaitAsync(
            $"{founder.Name} is out of the in-sync set", status => TestCluster.NodeOf(status, founder.Node!).InSync.Length == 1);
        Directory.Delete(founder.DataDirectory, recursive: true);

        cluster.Start(founder.Name);

        var after = await cluster.WaitUntilWholeAsync();
        Assert.Equal(before.Topology.ClusterId, after.Topology.ClusterId);
        Assert.DoesNotContain("Created cluster", cluster.Run(founder.Name).Printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task Folder_OfAnotherCluster_IsRefused(string bootstrap)
    {
        var cluster = await shared.TakeAsync();
        await _founder.CreateClusterAsync();
        _founder.Environment[ServerEnvironment.Bootstrap] = bootstrap;
        _founder.Environment[ServerEnvironment.Seeds] = cluster.Plans.First().Url.ToString();

        var run = _founder.Start();

        Assert.Equal(ExitCodes.Refused, await run.WaitForExitAsync(Cancellation));
        Assert.Contains("this data folder to", run.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Founder_StoppedBeforeItsFolderKnewTheCluster_IsItsFounderStill()
    {
        await _founder.CreateClusterAsync();
        var identity = JsonNode.Parse(await File.ReadAllTextAsync(_founder.File("identity.json"), Cancellation))!;
        var cluster = identity["clusterId"]!.GetValue<Guid>();
        identity["clusterId"] = Guid.Empty;
        identity["serverId"] = 0;
        await File.WriteAllTextAsync(_founder.File("identity.json"), identity.ToJsonString(), Cancellation);
        File.Delete(_founder.File("topology.json"));

        var run = _founder.Start();

        await run.WaitUntilHealthyAsync(_founder.Url);
        Assert.Equal(cluster, (await _control.ClusterOfAsync(_founder)).Value);
        Assert.DoesNotContain("Created cluster", run.Printed, StringComparison.Ordinal);
    }

    private void NameSeeds()
    {
        _founder.Environment[ServerEnvironment.Seeds] = _other.Url.ToString();
        _other.Environment[ServerEnvironment.Seeds] = _founder.Url.ToString();
        _other.Environment[ServerEnvironment.Bootstrap] = "false";
        _other.Environment[ServerEnvironment.Name] = "other";
        _other.Environment[ServerEnvironment.PreferredRole] = "Main";
    }

    [Fact]
    public async Task TwoFounders_ThatNameEachOther_FoundNothing_UntilOneOfThemIsNone()
    {
        NameSeeds();
        _other.Environment[ServerEnvironment.Bootstrap] = "true";
        var run = _founder.Start();
        var other = _other.Start();
        await ControlClient.WaitForLineAsync(run, "may found a cluster too");
        await ControlClient.WaitForLineAsync(other, "may found a cluster too");
        Assert.Equal((ClusterId.None, ClusterId.None), (await _control.ClusterOfAsync(_founder), await _control.ClusterOfAsync(_other)));

        Assert.Equal(0, await other.StopAsync(Cancellation));
        _other.Environment[ServerEnvironment.Bootstrap] = "false";
        _other.Start();

        await run.WaitUntilHealthyAsync(_founder.Url);
        var cluster = await _control.ClusterOfAsync(_founder);
        await _control.WaitForAsync("the other one has joined", _other, topology => topology.ClusterId == cluster && topology.Servers.Count() == 2);
    }

    [Fact]
    public async Task Founder_WithoutSeeds_SaysThatItAskedNobody()
    {
        var run = _founder.Start();
        await run.WaitUntilHealthyAsync(_founder.Url);
        Assert.Contains("has no seeds to ask for one", run.Printed, StringComparison.Ordinal);
    }
}
