namespace KvCluster.Tests.Linearizability;

/// <summary>What one key holds: nothing, a value or counter (<paramref name="First"/>), or a document of two fields.</summary>
public readonly record struct KeyContent(bool Exists, long First, long Second)
{
    public static readonly KeyContent Absent;

    public static KeyContent Of(long first, long second = 0) => new(true, first, second);

    public override string ToString() => !Exists ? "nothing" : Second == 0 ? $"{First}" : $"{First},{Second}";
}
