using KvCluster.Core.Commands;
using KvCluster.Core.Replication.Effects;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Node.Diagnostics;

namespace KvCluster.Node.Replication;

/// <summary>How the threads of replication reach each other.</summary>
/// <param name="Loop">Brings the core an input; may carry out its steps before it returns.</param>
/// <param name="Send">Gives a message to the peer link.</param>
/// <param name="Answer">Tells who waits what became of the entries of an effect, from the given place in it on.</param>
/// <param name="WhileApplierRests">Runs an action on the applier's thread, between two batches, and waits for it.</param>
internal sealed record ReplicationPorts(
    Action<ReplicationInput> Loop,
    Action<SendEffect> Send,
    Action<ApplyEffect, int, IReadOnlyList<Outcome>> Answer,
    Action<Action> WhileApplierRests,
    ReplicationMetrics Metrics);
