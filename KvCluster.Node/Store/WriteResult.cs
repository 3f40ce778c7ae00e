using KvCluster.Core.Commands;
using KvCluster.Core.Replication;

namespace KvCluster.Node.Store;

/// <summary>What became of a write: refused, or applied with an outcome.</summary>
/// <param name="Copies">Durable copies the entry had when it was acknowledged.</param>
public readonly record struct WriteResult(Refusal Refusal, Outcome Outcome, int Copies)
{
    public static WriteResult Refused(Refusal refusal) => new(refusal, default, 0);
}
