using KvCluster.Core.Log;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication;

/// <summary>What a server's disk held when its process started.</summary>
/// <param name="Self">This server and this run of it.</param>
/// <param name="Base">Epoch and index of the entry before the first kept one.</param>
/// <param name="EpochStarts">Where each epoch begins among the kept entries, ascending.</param>
public sealed record CoreStart(
    Member Self,
    int Lineage,
    LogPosition Base,
    LogPosition Last,
    Revision LastRevision,
    IReadOnlyList<EpochStart> EpochStarts,
    LogIndex Applied);
