using KvCluster.Protocol.Identity;

namespace KvCluster.Client;

/// <summary>What must hold of a key for a write to take effect.</summary>
public readonly record struct KvCondition
{
    private KvCondition(string? ifMatch, string? ifNoneMatch)
    {
        IfMatch = ifMatch;
        IfNoneMatch = ifNoneMatch;
    }

    internal string? IfMatch { get; }
    internal string? IfNoneMatch { get; }

    public static KvCondition None => default;

    /// <summary>The key must not exist.</summary>
    public static KvCondition Absent => new(null, "*");

    /// <summary>The key must exist.</summary>
    public static KvCondition Present => new("*", null);

    /// <summary>The key must have this revision: compare-and-set.</summary>
    public static KvCondition Match(Revision revision) => new($"\"{revision}\"", null);
}
