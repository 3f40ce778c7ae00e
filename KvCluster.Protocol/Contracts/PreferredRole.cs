using System.Text.Json.Serialization;

namespace KvCluster.Protocol.Contracts;

/// <summary>Which part a new server would like in its node. Only its first registration looks at it; afterwards the topology decides.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PreferredRole>))]
public enum PreferredRole
{
    /// <summary>Main when the node has none, else replica.</summary>
    Any,
    Main,

    /// <summary>Waits (<c>registration-waiting</c>) until the node has a main.</summary>
    Replica,
}
