using System.Text.Json.Serialization;

namespace KvCluster.Protocol.Topology;

/// <summary>How many durable copies a write needs before it is acknowledged.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WriteMode>))]
public enum WriteMode
{
    /// <summary>All members of the in-sync set: both servers while both are there, one, visibly, when the other was taken out.</summary>
    InSync,

    /// <summary>Two durable copies always; without a replica in sync writes are refused and nothing is applied.</summary>
    Strict,

    /// <summary>The main's own durable copy is enough; the replica follows.</summary>
    Relaxed,
}
