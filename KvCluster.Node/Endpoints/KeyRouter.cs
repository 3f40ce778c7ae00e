using KvCluster.Node.Control;
using KvCluster.Node.Store;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Slots;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Endpoints;

/// <summary>Decides whether a slot's request is for this server, and else for which.</summary>
internal sealed class KeyRouter(TopologyHolder holder)
{
    /// <returns>The server to go to; nothing when it is this one.</returns>
    /// <exception cref="RequestProblem">Nobody has the slot yet.</exception>
    public ServerInfo? Elsewhere(Slot slot, ReadConsistencyKind consistency)
    {
        if (holder.Current is not { } topology || holder.Self == Protocol.Identity.ServerId.None)
            throw new RequestProblem(503, ProblemCode.NotReady, "This server has no place in the cluster yet.") { IsRetryable = true, RetryAfterSeconds = 1 };
        var own = holder.OwnNode;
        var owner = own is not null && own.Owns(slot) ? own : topology.OwnerOf(slot)
            ?? throw new RequestProblem(503, ProblemCode.SlotNotAssigned, $"Slot {slot} has no node yet.") { IsRetryable = true, RetryAfterSeconds = 1 };
        var mayBeReplica = consistency != ReadConsistencyKind.Linearizable;
        if (owner.Id == own?.Id && (mayBeReplica || owner.Main == holder.Self)) return null;
        return owner.MainServer;
    }
}
