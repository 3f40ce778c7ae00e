using KvCluster.Protocol.Identity;

namespace KvCluster.Protocol.Contracts;

/// <summary>The counter after an increment.</summary>
public sealed record IncrementAnswer(long Value, Revision Revision);
