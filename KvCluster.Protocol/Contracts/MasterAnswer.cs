using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Protocol.Contracts;

/// <summary>
/// <c>GET /cluster/master</c>, answered by every server. <see cref="Master"/> is none while the server knows no topology;
/// <see cref="ClusterId"/> is none only when it belongs to no cluster.
/// </summary>
/// <param name="IsFounding">It belongs to no cluster and may create one: who may do so too must wait for it.</param>
public sealed record MasterAnswer(ClusterId ClusterId, ServerInfo? Master, long TopologyVersion, bool IsFounding = false);
