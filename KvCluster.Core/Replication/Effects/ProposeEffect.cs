using KvCluster.Protocol.Contracts;

namespace KvCluster.Core.Replication.Effects;

/// <summary>Ask the master for the node's next configuration. The answer comes as a changed configuration; a repeat has the same request id.</summary>
public sealed record ProposeEffect(ConfigurationChange Change, ChangeReason Reason) : ReplicationEffect;
