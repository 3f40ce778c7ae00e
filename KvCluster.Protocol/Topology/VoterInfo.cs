using KvCluster.Protocol.Identity;

namespace KvCluster.Protocol.Topology;

/// <summary>A voter of the embedded topology register.</summary>
/// <param name="Server">The server it runs in.</param>
/// <param name="VoterId">Identity of the vote's file; a lost disk is a new voter.</param>
/// <param name="Peer">Where it is reached, <c>host:port</c>.</param>
public sealed record VoterInfo(ServerId Server, Guid VoterId, string Peer);
