namespace KvCluster.Core.Commands;

public enum ConditionKind : byte
{
    None = 0,

    /// <summary><c>If-None-Match: *</c>.</summary>
    Absent = 1,

    /// <summary><c>If-Match: *</c>.</summary>
    Present = 2,

    /// <summary><c>If-Match: "revision"</c>.</summary>
    Match = 3,
}
