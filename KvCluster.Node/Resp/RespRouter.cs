using KvCluster.Core.Replication;
using KvCluster.Node.Control;
using KvCluster.Node.Store;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Slots;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Resp;

/// <summary>Whether a slot's requests are for this server, and else where the client has to go.</summary>
internal sealed class RespRouter(ReplicatedStore store, TopologyHolder holder)
{
    /// <summary>Nothing when this server may answer, else the error.</summary>
    /// <param name="isReplicaWelcome">A read of a client that said READONLY.</param>
    public string? Check(Slot slot, bool isReplicaWelcome)
    {
        if (store.IsServing(slot) || (isReplicaWelcome && store.IsHere(slot) && IsOwnNode(slot))) return null;
        return Elsewhere(slot);
    }

    /// <summary>What the store's refusal means to a client.</summary>
    public string Of(Refusal refusal, Slot slot) => refusal switch
    {
        Refusal.Unknown => RespErrors.Uncertain,
        Refusal.ReplicaUnavailable => RespErrors.NoReplicas,
        Refusal.Overloaded => RespErrors.Overloaded,
        Refusal.StorageFailed => RespErrors.Storage,
        _ => Elsewhere(slot),
    };

    /// <summary>What it means to a client that this server cannot show its keys.</summary>
    public static string OfKeyspace(Refusal refusal) => refusal == Refusal.StorageFailed ? RespErrors.Storage : RespErrors.Loading;

    // A client that is sent to the server it asked would come back at once: it is told to wait instead.
    private string Elsewhere(Slot slot)
    {
        if (holder.Current is not { } topology || holder.Self == ServerId.None) return RespErrors.Down;
        if (topology.OwnerOf(slot) is not { } owner) return RespErrors.Down;
        if (owner.Main == holder.Self) return RespErrors.TryAgain;
        return owner.MainServer.Resp is { } address ? $"MOVED {slot.Value} {address}" : "CLUSTERDOWN The slot's main has no Redis port";
    }

    private bool IsOwnNode(Slot slot) => holder.OwnNode is { } node && node.Owns(slot);
}
