using KvCluster.Core.Replication.Messages;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication.Effects;

/// <summary>Send a message to the other server, not before write <paramref name="AfterWrite"/> is on the disk (zero: at once).</summary>
public sealed record SendEffect(Member To, PeerMessage Message, long AfterWrite) : ReplicationEffect;
