using KvCluster.Core.Commands;
using KvCluster.Core.Log;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Simulation;

/// <summary>An entry that some main called committed.</summary>
/// <param name="Mode">The main's write mode at that moment.</param>
/// <param name="IsRelaxed">It was not on every in-sync disk then, and may be lost.</param>
/// <param name="Holders">On how many disks it was then.</param>
/// <param name="Outcome">What the first server that applied it got.</param>
internal readonly record struct CommittedEntry(LogEntry Entry, WriteMode Mode, bool IsRelaxed, int Holders, Outcome? Outcome)
{
    /// <summary>Nobody saw it committed, and no log has it any more: it lies below the log of a main that an operator promoted.</summary>
    public bool IsUnknown => Entry.Epoch == Epoch.None;

    public static CommittedEntry Unknown => new(default, WriteMode.Relaxed, true, 0, null);
}
