namespace KvCluster.Node.Storage;

/// <summary>Replaces a small file as a whole: readers and crashes see the old content or the new one, never a part.</summary>
internal static class AtomicFile
{
    /// <exception cref="StorageException">The disk refused; the old content is still there.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".tmp";
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                file.Write(content);
                FileSync.Sync(file.SafeFileHandle);
            }

            File.Move(temporary, path, overwrite: true);
            FileSync.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (Exception failure) when (StorageException.IsFromFile(failure))
        {
            throw StorageException.From(failure, $"Could not replace {path}");
        }
    }
}
