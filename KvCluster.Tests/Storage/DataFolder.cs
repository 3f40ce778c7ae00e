namespace KvCluster.Tests.Storage;

/// <summary>A folder for one test, gone afterwards.</summary>
internal sealed class DataFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("kvcluster-storage-").FullName;

    public string Sub(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>The files as they are at this moment, as a crash of the process would leave them.</summary>
    public string CrashImage(string source, string name)
    {
        var target = Sub(name);
        Directory.CreateDirectory(target);
        foreach (var file in Directory.EnumerateFiles(source))
            if (System.IO.Path.GetFileName(file) != "LOCK") File.Copy(file, System.IO.Path.Combine(target, System.IO.Path.GetFileName(file)));
        return target;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
