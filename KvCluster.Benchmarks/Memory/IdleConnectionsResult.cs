using KvCluster.Benchmarks.Measurement;

namespace KvCluster.Benchmarks.Memory;

/// <summary>What <c>idle-connections</c> found.</summary>
/// <param name="Before">With one connection, after a warm-up.</param>
/// <param name="Connected">With all of them, none of which has asked anything yet.</param>
/// <param name="Used">With all of them idle again after each has set and got a value.</param>
internal sealed record IdleConnectionsResult(MachineInfo Machine, int Connections, ServerMemory Before, ServerMemory Connected, ServerMemory Used);
