namespace KvCluster.Core.Commands;

/// <summary>Why a step did nothing. Every member is definite.</summary>
public enum StepFault : byte
{
    WrongType = 1,
    NotInteger,
    NotFloat,
    Overflow,
    NotFinite,
    HashNotInteger,
    HashNotFloat,
    TooLong,
    NoSuchKey,

    /// <summary>The key's slot is not this node's at the moment of the entry.</summary>
    SlotMoved,

    /// <summary>The steps before it have used up what one entry may read, write and answer (<see cref="CommandLimits.StepsWorkBytesMax"/>).</summary>
    BudgetSpent,
}
