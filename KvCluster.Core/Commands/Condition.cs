using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Commands;

/// <summary>What must hold of a key, at the moment a write is applied, for the write to take effect (RFC 9110, section 13).</summary>
public readonly record struct Condition(ConditionKind Kind, Revision Revision)
{
    public static readonly Condition None;
    public static readonly Condition Absent = new(ConditionKind.Absent, default);
    public static readonly Condition Present = new(ConditionKind.Present, default);

    public static Condition Match(Revision revision) => new(ConditionKind.Match, revision);

    /// <param name="current">The key's revision; none when the key is absent or expired.</param>
    public bool Holds(Revision current) => Kind switch
    {
        ConditionKind.None => true,
        ConditionKind.Absent => current.IsNone,
        ConditionKind.Present => !current.IsNone,
        ConditionKind.Match => !current.IsNone && current == Revision,
        _ => false,
    };
}
