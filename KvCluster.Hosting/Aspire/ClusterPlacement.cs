using KvCluster.Hosting.Machine;
using KvCluster.Hosting.Plan;

namespace KvCluster.Hosting.Aspire;

/// <summary>Gives the servers of a cluster their folders and ports on this machine, once, when the first of them is needed.</summary>
/// <param name="appHostFolder">Folder of the AppHost's project, which names the data folder when the options name none.</param>
internal sealed class ClusterPlacement(string appHostFolder) : IDisposable
{
    private readonly Lock _lock = new();
    private DataRoot? _data;
    private RememberedPorts? _ports;
    private ClusterPlan? _plan;

    /// <summary>Takes a plan that somebody else made and whose folder somebody else holds.</summary>
    public void Use(ClusterPlan plan) => _plan = plan;

    /// <exception cref="StartException">The folder cannot be used.</exception>
    public ClusterPlan PlanFor(ClusterPlanOptions options)
    {
        lock (_lock)
        {
            if (_plan is { } made)
                return made;
            // Two clusters of one AppHost have different names, and so different folders.
            _data = DataRoot.Open(options, $"{DataFolderName.Of(appHostFolder)}-{options.Name}");
            _ports = RememberedPorts.Open(_data.Directory, TimeProvider.System);
            _plan = ClusterPlanBuilder.Build(options, _data.Directory, _ports);
            _ports.Save();
            return _plan;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _ports?.Dispose();
            _data?.Dispose();
            (_ports, _data) = (null, null);
        }
    }
}
