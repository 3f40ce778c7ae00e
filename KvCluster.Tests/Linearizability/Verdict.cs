namespace KvCluster.Tests.Linearizability;

/// <summary>What the checker says of a history.</summary>
/// <param name="Witness">For a violation: how far it could be explained, and what could not be.</param>
public sealed record Verdict(VerdictKind Kind, string Witness = "")
{
    public static readonly Verdict Linearizable = new(VerdictKind.Linearizable);
    public static readonly Verdict Undecided = new(VerdictKind.Undecided);
}
