using KvCluster.Protocol.Identity;

namespace KvCluster.Client;

/// <summary>The answer to an increment.</summary>
/// <param name="Value">The counter after the increment.</param>
public readonly record struct KvCounterResult(long Value, Revision Revision, int Copies);
