namespace KvCluster.Core.Commands;

public enum PatchKind : byte
{
    /// <summary>RFC 7396.</summary>
    Merge = 0,

    /// <summary>RFC 6902.</summary>
    Json = 1,
}
