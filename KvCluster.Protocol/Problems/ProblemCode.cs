namespace KvCluster.Protocol.Problems;

/// <summary>Stable codes of every refusal. The <c>type</c> of a problem document is <c>https://kvcluster.dev/problems/CODE</c>.</summary>
public static class ProblemCode
{
    public const string TypePrefix = "https://kvcluster.dev/problems/";

    // Keys, values and query options.
    public const string KeyInvalid = "key-invalid";
    public const string KeyTooLong = "key-too-long";
    public const string ValueTooLarge = "value-too-large";
    public const string QueryInvalid = "query-invalid";
    public const string TtlInvalid = "ttl-invalid";
    public const string TokenInvalid = "token-invalid";
    public const string HeaderInvalid = "header-invalid";
    public const string BodyInvalid = "body-invalid";
    public const string MediaTypeUnsupported = "media-type-unsupported";
    public const string BatchTooLarge = "batch-too-large";
    public const string BatchCrossNode = "batch-cross-node";
    public const string IdempotencyKeyInvalid = "idempotency-key-invalid";

    // What the store says about the key.
    public const string KeyNotFound = "key-not-found";
    public const string PreconditionFailed = "precondition-failed";
    public const string PatchInvalid = "patch-invalid";
    public const string PatchTestFailed = "patch-test-failed";
    public const string PatchConflict = "patch-conflict";
    public const string ValueNotJson = "value-not-json";
    public const string ValueNotNumber = "value-not-number";
    public const string CounterOverflow = "counter-overflow";

    // Who may answer.
    public const string NotMain = "not-main";
    public const string SlotNotAssigned = "slot-not-assigned";
    public const string SlotMoved = "slot-moved";
    public const string SlotMoving = "slot-moving";
    public const string LeaseLost = "lease-lost";
    public const string ReplicaUnavailable = "replica-unavailable";
    public const string ReplicaTooStale = "replica-too-stale";
    public const string NotReady = "not-ready";
    public const string Overloaded = "overloaded";
    public const string StorageFailed = "storage-failed";

    /// <summary>The write may or may not take effect: ask again with the same request id, or read.</summary>
    public const string OutcomeUnknown = "outcome-unknown";

    /// <summary>The request id is older than the window in which outcomes are kept; this attempt was not executed.</summary>
    public const string DedupExpired = "dedup-expired";
    public const string StampInFuture = "stamp-in-future";

    // The cluster.
    public const string ClusterMismatch = "cluster-mismatch";
    public const string IdentityTaken = "identity-taken";
    public const string RegistrationInvalid = "registration-invalid";
    public const string RegistrationWaiting = "registration-waiting";

    /// <summary>The data folder is an older state of what the cluster has seen; another server in sync has everything.</summary>
    public const string StoreOutdated = "store-outdated";

    /// <summary>The data folder is an older state of the only copy that was in sync.</summary>
    public const string OnlyCopyOutdated = "only-copy-outdated";
    public const string NotMaster = "not-master";
    public const string MasterUnavailable = "master-unavailable";
    public const string EpochStale = "epoch-stale";
    public const string NodeUnknown = "node-unknown";

    /// <summary>The server votes on the topology, and its vote must go to another one first.</summary>
    public const string VoterNeeded = "voter-needed";

    /// <summary>The cluster took this store's server out; its folder has no place there any more.</summary>
    public const string ServerRemoved = "server-removed";
    public const string NodeHasSlots = "node-has-slots";
    public const string TopologyConflict = "topology-conflict";
    public const string RegisterUnavailable = "register-unavailable";
    public const string NotFound = "not-found";
    public const string MethodNotAllowed = "method-not-allowed";
    public const string Internal = "internal";
}
