using KvCluster.Core.Commands;
using KvCluster.Core.Replication;

namespace KvCluster.Tests.Simulation;

/// <summary>A server's answer to a write.</summary>
internal readonly record struct WriteReply(Refusal Refusal, Outcome Outcome, int Copies);
