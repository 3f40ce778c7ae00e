using KvCluster.Core.Replication.Messages;

namespace KvCluster.Core.Replication.Inputs;

/// <summary>A message from the other server of the node.</summary>
/// <param name="From">The run of the server that sent it, as its connection proved.</param>
public sealed record MessageReceived(Member From, PeerMessage Message) : ReplicationInput;
