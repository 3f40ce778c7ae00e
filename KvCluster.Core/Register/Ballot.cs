namespace KvCluster.Core.Register;

/// <summary>Number of a round, compared by counter first. The default value is the ballot under which a generation begins.</summary>
public readonly record struct Ballot(long Counter, ProposerId Proposer) : IComparable<Ballot>
{
    /// <summary>A counter may run ahead of what a voter has promised by this much; nobody can push it to its end.</summary>
    public const long LeapMax = 1L << 32;

    public static readonly Ballot Initial;

    public int CompareTo(Ballot other) => Counter != other.Counter ? Counter.CompareTo(other.Counter) : Proposer.CompareTo(other.Proposer);
    public override string ToString() => $"{Counter}@{Proposer}";
    public static bool operator <(Ballot left, Ballot right) => left.CompareTo(right) < 0;
    public static bool operator >(Ballot left, Ballot right) => left.CompareTo(right) > 0;
    public static bool operator <=(Ballot left, Ballot right) => left.CompareTo(right) <= 0;
    public static bool operator >=(Ballot left, Ballot right) => left.CompareTo(right) >= 0;
}
