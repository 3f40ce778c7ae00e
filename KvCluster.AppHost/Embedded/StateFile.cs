using System.Text.Json;
using KvCluster.Hosting.Machine;

namespace KvCluster.AppHost.Embedded;

/// <summary>Tells scripts who runs where. It exists exactly while the cluster has served all its slots once and has not been
/// stopped.</summary>
internal sealed class StateFile(string file)
{
    /// <summary>One left by a run that was killed must not pass for this one.</summary>
    public void Clear() => File.Delete(file);

    public void Write(ClusterView view) =>
        AtomicFile.Write(file, JsonSerializer.SerializeToUtf8Bytes(view, StateFileJson.Default.ClusterView));
}
