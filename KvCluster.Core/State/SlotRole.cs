namespace KvCluster.Core.State;

/// <summary>What a node does with a slot, by its own log and nothing else.</summary>
public enum SlotRole : byte
{
    None = 0,

    /// <summary>Serves it.</summary>
    Own = 1,

    /// <summary>Source of a migration whose outcome is not read yet: requests wait.</summary>
    Fenced = 2,

    /// <summary>Destination of a migration, collecting rows that nobody sees.</summary>
    Import = 3,

    /// <summary>Destination that holds everything up to the source's fence.</summary>
    Sealed = 4,
}
