using System.Text.Json.Serialization;

namespace KvCluster.Protocol.Topology;

/// <summary>What a server is for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ServerKind>))]
public enum ServerKind
{
    /// <summary>Holds data, as main or replica of its node.</summary>
    Data,

    /// <summary>Votes on the topology and holds no data; belongs to no node.</summary>
    Witness,
}
