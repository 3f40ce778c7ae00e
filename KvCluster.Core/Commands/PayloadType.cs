namespace KvCluster.Core.Commands;

/// <summary>The first byte of a payload. Numbers are never given a second meaning.</summary>
internal enum PayloadType : byte
{
    Put = 1,
    Patch = 2,
    Delete = 3,
    Increment = 4,
    Expire = 5,
    SlotAdopt = 64,
    DedupHorizon = 65,
    ExpireDue = 66,
}
