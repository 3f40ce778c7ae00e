using System.Text.Json;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Json;

namespace KvCluster.Tests.Processes;

/// <summary>Bits that flipped while nobody looked: the copy that holds them never leads, is never deleted, and is made good from its peer.</summary>
[Collection(ProcessRoom.Name)]
public sealed class DamagedFilesTests(SharedCluster shared)
{
    private const string Node = SharedCluster.Node;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task DamagedLog_IsSetAside_AndFilledByThePeer(bool ofTheMain)
    {
        var cluster = await shared.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, $"damaged-log-{ofTheMain}");
        var (main, replica) = await cluster.RolesAsync(Node);
        var (damaged, sound) = ofTheMain ? (main, replica) : (replica, main);
        var aside = SetAside(cluster, damaged);

        await cluster.Run(damaged).KillAsync();
        FlipRecords(StoreFiles(cluster, damaged, "log-*"));
        cluster.Start(damaged);
        await cluster.WaitUntilWholeAsync();

        Assert.Equal(aside + 1, SetAside(cluster, damaged));
        Assert.Contains("The store is damaged", cluster.Run(damaged).Printed, StringComparison.Ordinal);
        Assert.Equal(sound, (await cluster.RolesAsync(Node)).Main);
        await AssertCanLeadAsync(cluster, load, sound, damaged);
    }

    [Fact]
    public async Task DamagedTables_AreFound_AndFilledByThePeer()
    {
        var cluster = await shared.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "damaged-tables");
        var (main, replica) = await cluster.RolesAsync(Node);
        var aside = SetAside(cluster, replica);

        // A server that stops in order writes its tables.
        await cluster.Run(replica).StopAsync(Cancellation);
        FlipRows(StoreFiles(cluster, replica, "*.sst"));
        cluster.Start(replica);
        await TestCluster.PollAsync("the damage is found and the store set aside", async () =>
        {
            if (!cluster.Run(replica).IsRunning) cluster.Start(replica);
            foreach (var key in load.Keys) await TryReadAsync(cluster, replica, key);
            return SetAside(cluster, replica) > aside;
        });

        await cluster.WaitUntilWholeAsync();
        await AssertCanLeadAsync(cluster, load, main, replica);
    }

    [Fact]
    public async Task DamagedStoreOfTheOnlyCopy_IsNeitherUsedNorMoved()
    {
        var cluster = await shared.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "damaged-only-copy");
        var (main, replica) = await cluster.RolesAsync(Node);
        var aside = SetAside(cluster, main);
        await cluster.Run(replica).KillAsync();
        await cluster.WaitAsync($"{replica} is out of the in-sync set", status => TestCluster.NodeOf(status, Node).InSync.Length == 1);
        await load.ProgressAsync();
        await TestCluster.PollAsync($"{main} has written down that it is alone", () => Task.FromResult(KnowsToBeAlone(cluster, main)));

        await cluster.Run(main).KillAsync();
        var sound = Copy(StoreOf(cluster, main), StoreOf(cluster, main) + "-copy");
        FlipRecords(StoreFiles(cluster, main, "log-*"));
        cluster.Start(main);
        Assert.Equal(3, await cluster.Run(main).WaitForExitAsync(Cancellation));
        Assert.Equal(aside, SetAside(cluster, main));
        cluster.Start(main);
        Assert.Equal(3, await cluster.Run(main).WaitForExitAsync(Cancellation));

        // The one who comes back was not in sync: it must not lead, whoever is missing.
        cluster.Start(replica);
        var status = await cluster.WaitAsync($"{replica} is there again", seen => TestCluster.ServerOf(seen, replica).State is ServerState.CatchingUp or ServerState.Starting);
        Assert.Equal(main, TestCluster.NodeOf(status, Node).MainServer.Name);

        // Somebody had a copy of the sound store: put back it serves again.
        Directory.Delete(StoreOf(cluster, main), recursive: true);
        Directory.Move(sound, StoreOf(cluster, main));
        await cluster.HealAsync();
        await load.AuditAsync();
    }

    // All that is read at the end is what the damaged server was given.
    private static async Task AssertCanLeadAsync(TestCluster cluster, CheckedLoad load, string sound, string damaged)
    {
        await cluster.FailOverAsync(Node, sound, damaged);
        await load.ProgressAsync();
        await load.AuditAsync();
    }

    private static async Task TryReadAsync(TestCluster cluster, string server, string key)
    {
        try
        {
            using var answer = await cluster.Http.GetAsync(new Uri(cluster.Plan(server).Url, $"/kv/{key}?consistency=replica"), Cancellation);
        }
        catch (HttpRequestException)
        {
            // It may have ended over the read before, which is what the test waits for.
        }
    }

    private static int SetAside(TestCluster cluster, string server) => Directory.EnumerateDirectories(cluster.Plan(server).DataDirectory, "store.damaged-*").Count();

    private static string StoreOf(TestCluster cluster, string server) => Path.Combine(cluster.Plan(server).DataDirectory, "store");
    private static string[] StoreFiles(TestCluster cluster, string server, string pattern) => Directory.GetFiles(StoreOf(cluster, server), pattern);

    // The file that a restarted server goes by when nobody answers it yet.
    private static bool KnowsToBeAlone(TestCluster cluster, string server)
    {
        var text = File.ReadAllBytes(Path.Combine(cluster.Plan(server).DataDirectory, "topology.json"));
        return JsonSerializer.Deserialize(text, KvJson.Default.ClusterTopology)!.Nodes.Single(node => node.Name == Node).InSync.Length == 1;
    }

    private static string Copy(string folder, string target)
    {
        Directory.CreateDirectory(target);
        foreach (var file in Directory.EnumerateFiles(folder)) File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        return target;
    }

    // A segment may be longer than what is in it: its first records are hit, and not its header.
    private static void FlipRecords(IEnumerable<string> segments)
    {
        const int header = 4 << 10;
        foreach (var segment in segments) Flip(segment, length => [Math.Min(header + 100, length - 1)]);
    }

    // A table begins with its rows and ends with what is read when it is opened: every block of rows is hit, and nothing else.
    private static void FlipRows(IEnumerable<string> tables)
    {
        const int apart = 1_024;
        foreach (var table in tables) Flip(table, length => Enumerable.Range(0, length / 2 / apart).Select(number => number * apart).DefaultIfEmpty(length / 4));
    }

    private static void Flip(string file, Func<int, IEnumerable<int>> places)
    {
        var bytes = File.ReadAllBytes(file);
        foreach (var place in places(bytes.Length)) bytes[place] ^= 0x20;
        File.WriteAllBytes(file, bytes);
    }
}
