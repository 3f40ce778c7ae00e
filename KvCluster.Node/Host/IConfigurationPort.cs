using KvCluster.Core.Replication;
using KvCluster.Protocol.Contracts;

namespace KvCluster.Node.Host;

/// <summary>How a data server reaches the master; both calls return at once, the answer comes as a newer topology.</summary>
internal interface IConfigurationPort
{
    void Propose(ConfigurationChange change, ChangeReason reason);
    void Refresh();
}
