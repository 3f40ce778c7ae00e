using KvCluster.Core.Commands;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Core.State;
using KvCluster.Node.Replication;

namespace KvCluster.Node.Store;

/// <summary>What stands behind the store once this server is registered.</summary>
internal sealed record StoreBackend(
    CommandExecutor Executor,
    IStateReader State,
    ReadPermit Permit,
    WaitingRequests Waiting,
    Func<ReplicationInput, bool> Post,
    Func<bool> IsMain,
    Func<bool> IsFailed);
