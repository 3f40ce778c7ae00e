namespace KvCluster.Core.Commands;

public enum StepReplyKind : byte
{
    Nil = 0,
    Ok,
    Number,
    Bytes,

    /// <summary>A word such as the name of a type.</summary>
    Word,
    Array,

    /// <summary>An array that alternates between fields and values.</summary>
    Map,
    Fault,
}
