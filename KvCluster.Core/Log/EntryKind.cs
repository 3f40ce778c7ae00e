namespace KvCluster.Core.Log;

/// <summary>What an entry's payload is.</summary>
public enum EntryKind : byte
{
    /// <summary>Nothing; a new main commits one before it serves.</summary>
    NoOp = 0,

    /// <summary>A client's command (<see cref="Commands.Command"/>).</summary>
    Command = 1,

    /// <summary>A control record; committed on every in-sync member in every write mode.</summary>
    Control = 2,
}
