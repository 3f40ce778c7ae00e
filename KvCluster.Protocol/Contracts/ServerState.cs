using System.Text.Json.Serialization;

namespace KvCluster.Protocol.Contracts;

/// <summary>What a server is doing, in one word.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ServerState>))]
public enum ServerState
{
    /// <summary>Opening its data, or looking for the master.</summary>
    Starting,

    /// <summary>Main, not yet serving: bringing everything in its log to the whole in-sync set.</summary>
    Reconciling,

    /// <summary>Main and serving.</summary>
    Main,

    /// <summary>Replica and in the in-sync set.</summary>
    Replica,

    /// <summary>Getting the missing log or a snapshot; not in the in-sync set.</summary>
    CatchingUp,

    /// <summary>Asking to become main.</summary>
    Promoting,

    /// <summary>Votes on the topology, holds no data.</summary>
    Witness,

    /// <summary>Storage failed or is damaged; serves nothing.</summary>
    Failed,

    /// <summary>Does not answer (said of a server by others, never by itself).</summary>
    Unreachable,
}
