namespace KvCluster.Tests.Processes;

/// <summary>A data folder is put back as it was in an earlier run: what was acknowledged since is not in it, and nobody may find that out by losing it.</summary>
[Collection(ProcessRoom.Name)]
public sealed class OldFolderTests(SharedCluster shared)
{
    private const string Node = SharedCluster.Node;
    private const int DataFolderExit = 3;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OldFolderOfOneServer_IsSetAside_AndFilledByTheOther(bool ofTheMain)
    {
        var cluster = await shared.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, $"old-folder-{ofTheMain}");
        Dictionary<string, string> backups = [];
        foreach (var server in cluster.Plans.Where(plan => plan.Node == Node)) backups[server.Name] = await BackUpAsync(cluster, server.Name, load);
        var (main, replica) = await cluster.RolesAsync(Node);
        var (old, sound) = ofTheMain ? (main, replica) : (replica, main);

        // Both at once: the one that will be out of date is still named in sync.
        await Task.WhenAll(cluster.Run(old).KillAsync(), cluster.Run(sound).KillAsync());
        Directory.Delete(cluster.Plan(old).DataDirectory, recursive: true);
        Directory.Move(backups[old], cluster.Plan(old).DataDirectory);
        var aside = SetAside(cluster, old);
        cluster.Start(old);
        Assert.Equal(DataFolderExit, await cluster.Run(old).WaitForExitAsync(Cancellation));
        Assert.Contains("is an old one", cluster.Run(old).Printed, StringComparison.Ordinal);
        cluster.Start(sound);
        cluster.Start(old);
        await cluster.WaitUntilWholeAsync();

        Assert.Equal(aside + 1, SetAside(cluster, old));
        Assert.Equal(sound, (await cluster.RolesAsync(Node)).Main);

        // All that is read at the end is what the old server was given.
        await cluster.FailOverAsync(Node, sound, old);
        await load.ProgressAsync();
        await load.AuditAsync();
    }

    [Fact]
    public async Task OldFolderOfTheOnlyCopy_IsNeitherUsedNorMoved()
    {
        var cluster = await shared.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "old-only-copy");
        var (main, replica) = await cluster.RolesAsync(Node);
        var backup = await BackUpAsync(cluster, replica, load);
        await cluster.FailOverAsync(Node, main, replica);
        (main, replica) = (replica, main);
        cluster.Start(replica);
        await cluster.WaitUntilWholeAsync();
        var aside = SetAside(cluster, main);
        await cluster.Run(replica).KillAsync();
        await cluster.WaitAsync($"{main} is alone", status => TestCluster.NodeOf(status, Node).InSync.Length == 1);
        await load.ProgressAsync();

        await cluster.Run(main).KillAsync();
        var newest = cluster.Plan(main).DataDirectory + "-newest";
        Directory.Move(cluster.Plan(main).DataDirectory, newest);
        Copy(backup, cluster.Plan(main).DataDirectory);
        cluster.Start(main);
        Assert.Equal(DataFolderExit, await cluster.Run(main).WaitForExitAsync(Cancellation));
        Assert.Contains("nowhere else", cluster.Run(main).Printed, StringComparison.Ordinal);
        Assert.Equal(aside, SetAside(cluster, main));

        // The newest folder was only misplaced: with it the server goes on.
        Directory.Delete(cluster.Plan(main).DataDirectory, recursive: true);
        Directory.Move(newest, cluster.Plan(main).DataDirectory);
        await cluster.HealAsync();
        await load.AuditAsync();
    }

    // A copy of the folder at rest, and a later run that acknowledges more than the copy has.
    private static async Task<string> BackUpAsync(TestCluster cluster, string server, CheckedLoad load)
    {
        await cluster.Run(server).StopAsync(Cancellation);
        var backup = cluster.Plan(server).DataDirectory + $"-backup-{Guid.NewGuid():N}";
        Copy(cluster.Plan(server).DataDirectory, backup);
        cluster.Start(server);
        await cluster.WaitUntilWholeAsync();
        await load.ProgressAsync();
        return backup;
    }

    private static int SetAside(TestCluster cluster, string server) => Directory.EnumerateDirectories(cluster.Plan(server).DataDirectory, "store.damaged-*").Count();

    private static void Copy(string folder, string target)
    {
        Directory.CreateDirectory(target);
        foreach (var file in Directory.EnumerateFiles(folder)) File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        foreach (var inner in Directory.EnumerateDirectories(folder)) Copy(inner, Path.Combine(target, Path.GetFileName(inner)));
    }
}
