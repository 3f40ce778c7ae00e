using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Log;

/// <summary>
/// Where an epoch's entries begin in a log. A log's list of these finds the last common entry of two logs in one message
/// (Kafka KIP-101, KIP-279).
/// </summary>
public readonly record struct EpochStart(Epoch Epoch, LogIndex First);
