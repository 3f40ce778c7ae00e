using KvCluster.Protocol.Slots;

namespace KvCluster.Node.Resp;

/// <summary>A request whose steps wait in a batch.</summary>
internal readonly record struct PendingReply(ReplyShape Shape, int Steps, Slot Slot);
