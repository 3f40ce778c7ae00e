namespace KvCluster.Tests.Linearizability;

/// <summary>What one key holds: nothing, a value or counter (<paramref name="First"/>), a document of two fields, or a pair of keys that are written together.</summary>
/// <param name="Lifetime">Which change gave it the time to live that it has; zero when it stays for ever. Clients see only whether there is one.</param>
public readonly record struct KeyContent(bool Exists, long First, long Second, long Lifetime = 0)
{
    public static readonly KeyContent Absent;

    public static KeyContent Of(long first, long second = 0) => new(true, first, second);

    /// <summary>Two keys as one: zero for a half that does not exist.</summary>
    public static KeyContent OfHalves(long first, long second) => new(first != 0 || second != 0, first, second);

    /// <summary>A client that saw <paramref name="seen"/> may have seen this.</summary>
    public bool IsSeenAs(in KeyContent seen) =>
        (Exists, First, Second, Lifetime != 0) == (seen.Exists, seen.First, seen.Second, seen.Lifetime != 0);

    public override string ToString() => !Exists ? "nothing" : (Second == 0 ? $"{First}" : $"{First},{Second}") + (Lifetime == 0 ? "" : $" for the time of {Lifetime}");
}
