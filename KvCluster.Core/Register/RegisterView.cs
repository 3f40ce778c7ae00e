using System.Collections.Immutable;
using KvCluster.Protocol.Topology;

namespace KvCluster.Core.Register;

/// <summary>What a proposer knows of the register: the newest generation, and who votes there.</summary>
/// <param name="Newest">The newest document known to be decided; may be old. Used only to find the voters.</param>
/// <param name="Initial">The document with which the generation began, where this proposer saw it decided.</param>
public sealed record RegisterView(long Generation, ImmutableArray<VoterInfo> Voters, ClusterTopology? Newest, ClusterTopology? Initial)
{
    public int Quorum => (Voters.Length / 2) + 1;

    public static RegisterView Of(ClusterTopology decided) => new(decided.Generation, decided.Voters, decided, null);
}
