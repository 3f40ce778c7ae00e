namespace KvCluster.Core.Replication;

/// <summary>
/// Switches that each break one rule of the protocol. They exist to prove that the tests find such a mistake;
/// nothing outside the tests can set them.
/// </summary>
[Flags]
public enum PlantedBugs : long
{
    None = 0,
    ShrinkCountsEarly = 1L << 0,
    GrowthCountsLate = 1L << 1,
    TakeoverBeforeLeaseEnds = 1L << 2,
    AckBeforeSync = 1L << 3,
    PromoteOutsider = 1L << 4,
    ServeBeforeReconciled = 1L << 5,
    AddLearnerThatIsBehind = 1L << 6,
    NoTruncation = 1L << 7,
    JoinerIsNoLessor = 1L << 8,
    FollowerAcceptsOldEpoch = 1L << 9,
    NoPromiseBeforeTakeover = 1L << 10,
    LeaseCountedFromReceipt = 1L << 11,
    AcksOfOldEpochCount = 1L << 12,
    MatchKeptAcrossEpochs = 1L << 13,
    ApplyBeforeCommit = 1L << 14,
    UnknownReportedAsRefused = 1L << 15,
    TruncateByLength = 1L << 16,
    SnapshotWithoutIdentity = 1L << 17,
    HandOverWithoutRelease = 1L << 18,
    RestartedMainKeepsServing = 1L << 19,
    CommitBeyondMatch = 1L << 20,
    StrictCommitsAlone = 1L << 21,
}
