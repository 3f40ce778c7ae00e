namespace KvCluster.Core.Commands;

/// <summary>Second byte of a control record's payload. 16 to 31 are kept for the records of slot migration.</summary>
internal enum ControlType : byte
{
    SlotAdopt = 1,
    DedupHorizon = 2,
    ExpireDue = 3,
    DedupEarlyHorizon = 4,
}
