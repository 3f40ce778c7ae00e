using KvCluster.Core.Log;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication.Messages;

/// <summary>Follower to main: this is my log. Sent when asked, and when an append does not fit.</summary>
/// <param name="Applied">Entries up to here cannot be taken back: a log that parted earlier needs a snapshot.</param>
public sealed record LogReport(
    Epoch Epoch, int Lineage, LogPosition Base, LogPosition Last, LogIndex Applied, IReadOnlyList<EpochStart> EpochStarts) : PeerMessage(Epoch);
