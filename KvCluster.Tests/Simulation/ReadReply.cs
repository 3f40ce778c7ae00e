using KvCluster.Core.Replication;
using KvCluster.Core.State;

namespace KvCluster.Tests.Simulation;

/// <summary>A server's answer to a read.</summary>
internal readonly record struct ReadReply(Refusal Refusal, StoredValue? Value, bool FromMain);
