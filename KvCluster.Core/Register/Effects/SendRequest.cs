using KvCluster.Core.Register.Messages;
using KvCluster.Protocol.Topology;

namespace KvCluster.Core.Register.Effects;

/// <summary>Sends a request; its answer comes back under the same number.</summary>
public sealed record SendRequest(VoterInfo To, long Number, RegisterRequest Request) : ProposerEffect;
