namespace KvCluster.Hosting.Machine;

/// <summary>Replaces a file as a whole: a reader sees the old content or the new one, never a part.</summary>
internal static class AtomicFile
{
    public static void Write(string file, byte[] content)
    {
        var next = $"{file}.{Environment.ProcessId}.next";
        File.WriteAllBytes(next, content);
        File.Move(next, file, overwrite: true);
    }
}
