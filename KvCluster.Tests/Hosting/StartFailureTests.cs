using System.Net;
using System.Net.Sockets;
using KvCluster.Hosting.Plan;
using KvCluster.Node.Host;
using KvCluster.Tests.Processes;

namespace KvCluster.Tests.Hosting;

/// <summary>A server that must not run says why and ends with the code for it, and leaves the folder as it was.</summary>
[Collection(ProcessRoom.Name)]
public sealed class StartFailureTests : IAsyncDisposable
{
    private readonly SingleServer _server = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Options_EveryMistakeAtOnce_AndNoFolderIsMade()
    {
        _server.Environment[ServerEnvironment.Name] = "no spaces";
        _server.Environment[ServerEnvironment.HttpPort] = "eighty";
        _server.Environment[ServerEnvironment.PeerPort] = "70000";
        _server.Environment[ServerEnvironment.PreferredRole] = "Boss";
        _server.Environment[ServerEnvironment.Seeds] = "ftp://nowhere";
        _server.Environment[ServerEnvironment.Bootstrap] = "perhaps";
        _server.Environment["KvNode__Fsync"] = "Sometimes";
        _server.Environment["KvNode__HtpPort"] = "1";
        _server.Environment["KvNode__ShutdownDelayMilliseconds"] = "60001";

        var run = _server.Start();

        Assert.Equal(ExitCodes.OptionsInvalid, await run.WaitForExitAsync(Cancellation));
        Assert.All(
            ["KvNode:Name 'no spaces'", "KvNode:HttpPort cannot be 'eighty'", "KvNode:PeerPort is 70000", "KvNode:PreferredRole cannot be 'Boss'",
                "KvNode:Seeds has 'ftp://nowhere'", "KvNode:Bootstrap cannot be 'perhaps'", "KvNode:Fsync", "KvNode:HtpPort is no option", "KvNode:ShutdownDelayMilliseconds is 60001"],
            mistake => Assert.Contains(mistake, run.Printed, StringComparison.Ordinal));
        Assert.False(Directory.Exists(_server.DataDirectory));
    }

    [Fact]
    public async Task DataFolder_OfSomebodyElse_IsLeftAlone()
    {
        Directory.CreateDirectory(_server.DataDirectory);
        await File.WriteAllTextAsync(_server.File("letters.txt"), "Dear", Cancellation);

        await AssertEndsAsync(ExitCodes.DataFolder, "is not a data folder of this store");

        Assert.Equal([_server.File("letters.txt")], Directory.GetFileSystemEntries(_server.DataDirectory));
    }

    [Fact]
    public async Task DataFolder_OfAnotherServerOfTheCluster_IsNotASilentRename()
    {
        await _server.CreateClusterAsync();
        var identity = await File.ReadAllTextAsync(_server.File("identity.json"), Cancellation);
        _server.Environment[ServerEnvironment.Name] = "other";

        await AssertEndsAsync(ExitCodes.DataFolder, "is the data folder of server single; this server is other");

        Assert.Equal(identity, await File.ReadAllTextAsync(_server.File("identity.json"), Cancellation));
        _server.Environment[ServerEnvironment.Name] = "single";
        await _server.CreateClusterAsync();
    }

    [Fact]
    public async Task DataFolder_InUse_TheSecondServerEnds()
    {
        var first = _server.Start();
        await first.WaitUntilHealthyAsync(new Uri($"http://{ClusterPlan.Host}:{_server.Ports.Http}"));

        await AssertEndsAsync(ExitCodes.DataFolder, "is in use by another process");

        Assert.True(first.IsRunning);
    }

    [Fact]
    public async Task DataFolder_DamagedOrNewer_IsRefusedFileByFile()
    {
        await _server.CreateClusterAsync();
        await AssertRefusesAsync("identity.json", text => text.Replace("\"format\": 2", "\"format\": 3", StringComparison.Ordinal), "has format 3");
        await AssertRefusesAsync("identity.json", text => text[..(text.Length / 2)], "identity.json is damaged");
        await AssertRefusesAsync(Path.Combine("store", "CURRENT"), _ => "MANIFEST-nothing\n", "The data folder cannot be used");

        // Each file is as it was: the server starts again.
        await _server.CreateClusterAsync();
    }

    [Fact]
    public async Task HttpPort_InUse_EndsWithItsCode()
    {
        using var squatter = new TcpListener(IPAddress.Parse(ClusterPlan.Host), _server.Ports.Http);
        squatter.Start();
        await AssertEndsAsync(ExitCodes.Port, "");
    }

    [Fact]
    public async Task PeerPort_InUse_EndsWithItsCode()
    {
        using var squatter = new TcpListener(IPAddress.Parse(ClusterPlan.Host), _server.Ports.Peer);
        squatter.Start();
        await AssertEndsAsync(ExitCodes.Port, $"The peer port {_server.Ports.Peer} cannot be opened");
    }

    private async Task AssertRefusesAsync(string name, Func<string, string> spoil, string reason)
    {
        var path = _server.File(name);
        var sound = await File.ReadAllTextAsync(path, Cancellation);
        var spoilt = spoil(sound);
        Assert.NotEqual(sound, spoilt);
        await File.WriteAllTextAsync(path, spoilt, Cancellation);

        await AssertEndsAsync(ExitCodes.DataFolder, reason);

        Assert.Equal(spoilt, await File.ReadAllTextAsync(path, Cancellation));
        await File.WriteAllTextAsync(path, sound, Cancellation);
    }

    private async Task AssertEndsAsync(int exitCode, string reason)
    {
        var run = _server.Start();
        var ended = await run.WaitForExitAsync(Cancellation);
        Assert.True(ended == exitCode, $"Ended with {ended}, not {exitCode}:\n{run.Printed}");
        Assert.Contains(reason, run.Printed, StringComparison.Ordinal);
    }
}
