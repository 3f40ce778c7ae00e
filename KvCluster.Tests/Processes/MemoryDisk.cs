namespace KvCluster.Tests.Processes;

/// <summary>A small disk in memory, mounted over a folder: it can be filled to the last byte without harm to anybody else.</summary>
internal sealed class MemoryDisk : IDisposable
{
    private const int BlockBytes = 4_096;
    private readonly string _folder;

    private MemoryDisk(string folder) => _folder = folder;

    private string Filler => Path.Combine(_folder, "filler");

    public static MemoryDisk Mount(string folder, int mebibytes)
    {
        Prerequisites.RequireRoot();
        Prerequisites.RequireTool("mount");
        Directory.CreateDirectory(folder);
        var (exitCode, printed) = SystemCommand.TryRun("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m,mode=700", "kvcluster-test", folder);
        if (exitCode != 0) Prerequisites.Missing($"A tmpfs cannot be mounted here: {printed.Trim()}");
        return new MemoryDisk(folder);
    }

    /// <summary>Takes every block that is left.</summary>
    public void Fill()
    {
        using var file = File.OpenHandle(Filler, FileMode.OpenOrCreate, FileAccess.Write);
        var block = new byte[BlockBytes];
        try
        {
            for (var offset = RandomAccess.GetLength(file); ; offset += BlockBytes) RandomAccess.Write(file, block, offset);
        }
        catch (IOException full) when (full.HResult == 28)
        {
            // This is what it is for.
        }
    }

    public void MakeRoom() => File.Delete(Filler);

    public void Dispose() => SystemCommand.Run("umount", "-l", _folder);
}
