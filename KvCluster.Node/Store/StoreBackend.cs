using KvCluster.Core.Execution;
using KvCluster.Core.Replication;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Core.State;
using KvCluster.Node.Storage;

namespace KvCluster.Node.Store;

/// <summary>What stands behind the store once this server is registered.</summary>
/// <param name="OnStorageFailed">Told of a read that the storage refused: the server leaves its node.</param>
internal sealed record StoreBackend(
    CommandExecutor Executor,
    IStateReader State,
    ReadPermit Permit,
    WaitingRequests Waiting,
    Func<ReplicationInput, bool> Post,
    Func<bool> IsMain,
    Func<bool> IsFailed,
    Action<StorageException> OnStorageFailed);
