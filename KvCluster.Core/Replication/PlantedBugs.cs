namespace KvCluster.Core.Replication;

/// <summary>
/// Switches that each break one rule of the protocol. They exist to prove that the tests find such a mistake;
/// nothing outside the tests can set them.
/// </summary>
[Flags]
public enum PlantedBugs : long
{
    None = 0,

    /// <summary>The main commits without the other server from the moment it asks for its removal.</summary>
    ShrinkCountsEarly = 1L << 0,

    /// <summary>A joiner's disk counts only when the master has confirmed the joining.</summary>
    GrowthCountsLate = 1L << 1,

    /// <summary>The replica asks for the main's place although the lease it gave still holds.</summary>
    TakeoverBeforeLeaseEnds = 1L << 2,

    /// <summary>The follower acknowledges what its disk has not confirmed.</summary>
    AckBeforeSync = 1L << 3,

    /// <summary>A learner asks for the main's place, and the master grants it.</summary>
    PromoteOutsider = 1L << 4,

    /// <summary>A new main serves from its first moment.</summary>
    ServeBeforeReconciled = 1L << 5,

    /// <summary>A learner is put into the in-sync set although it lacks committed entries.</summary>
    AddLearnerThatIsBehind = 1L << 6,

    /// <summary>A follower keeps the entries that it has at an index, whatever the main sends for it.</summary>
    NoTruncation = 1L << 7,

    /// <summary>The main serves without the lease of a server that it has just proposed for the in-sync set.</summary>
    JoinerIsNoLessor = 1L << 8,

    /// <summary>A follower takes entries of an earlier epoch, also those of an earlier run of its main.</summary>
    FollowerAcceptsOldEpoch = 1L << 9,

    /// <summary>A replica goes on acknowledging and granting leases after it asked for the main's place.</summary>
    NoPromiseBeforeTakeover = 1L << 10,

    /// <summary>The lease is counted from the moment its grant came, not from the moment the beacon was sent.</summary>
    LeaseCountedFromReceipt = 1L << 11,

    /// <summary>An acknowledgement of an earlier epoch counts, also one that was meant for an earlier run of this server.</summary>
    AcksOfOldEpochCount = 1L << 12,

    /// <summary>What the main knew of its follower's disk outlives the epoch, and even the exchange of that disk.</summary>
    MatchKeptAcrossEpochs = 1L << 13,

    /// <summary>Entries are applied as soon as they are on this server's disk.</summary>
    ApplyBeforeCommit = 1L << 14,

    /// <summary>A write that was appended is called refused when this server loses its place.</summary>
    UnknownReportedAsRefused = 1L << 15,

    /// <summary>Two logs of the same length are taken for the same log.</summary>
    TruncateByLength = 1L << 16,

    /// <summary>Chunks of another snapshot than the one that was begun are staged.</summary>
    SnapshotWithoutIdentity = 1L << 17,

    /// <summary>The main hands its place over and goes on serving.</summary>
    HandOverWithoutRelease = 1L << 18,

    /// <summary>A main that starts anew goes on in the epoch of the run before, whose tail it may have lost.</summary>
    RestartKeepsEpoch = 1L << 19,

    /// <summary>The main commits what only its own disk has.</summary>
    CommitBeyondMatch = 1L << 20,

    /// <summary>In mode Strict a main without a replica goes on committing.</summary>
    StrictCommitsAlone = 1L << 21,

    /// <summary>A new main serves when everything is committed, before it is applied.</summary>
    ServeBeforeApplied = 1L << 22,

    /// <summary>A learner that has staged every chunk of a snapshot before a restart waits for one more.</summary>
    CompleteStagingWaits = 1L << 23,

    /// <summary>A run that the topology has passed over waits for a role that it will never get.</summary>
    SupersededRunWaits = 1L << 24,

    /// <summary>A lease vouches for a value that was taken before the reign began.</summary>
    ReadIgnoresReign = 1L << 25,

    /// <summary>A snapshot leaves out which requests were answered.</summary>
    SnapshotForgetsRequests = 1L << 26,

    /// <summary>A read judges a key's time to live by this server's own clock.</summary>
    ExpiryByLocalClock = 1L << 27,

    /// <summary>A replica counts its freshness from the moment it heard of it.</summary>
    FreshnessCountedFromReceipt = 1L << 28,

    /// <summary>A main that gets no answer from the master counts the server no longer that it proposed for the in-sync set.</summary>
    LostReplyTakenForNo = 1L << 29,

    /// <summary>A main that starts anew makes its replica cut what goes beyond its own log.</summary>
    MainWithShortLogStays = 1L << 30,

    /// <summary>A learner begins to count only when it has everything, and a main under load never stands still for it.</summary>
    JoinerWaitsForIdleMain = 1L << 31,

    /// <summary>A replica calls itself fresh without having compared its log with the main's.</summary>
    FreshnessWithoutComparison = 1L << 32,

    /// <summary>A store keeps its place although the cluster has seen a newer run of it.</summary>
    OldDiskKeepsItsPlace = 1L << 33,

    /// <summary>A learner that is promoted by force leads while a snapshot is taking its log's place.</summary>
    PromotedWhileInstalling = 1L << 34,

    /// <summary>The steps of one request become entries of their own.</summary>
    StepsAsSeveralEntries = 1L << 35,

    /// <summary>A replica that is taken out of the cluster leaves the in-sync set in the same epoch.</summary>
    RemovalKeepsEpoch = 1L << 36,

    /// <summary>A server is taken out together with its vote.</summary>
    RemovalTakesTheVote = 1L << 37,
}
