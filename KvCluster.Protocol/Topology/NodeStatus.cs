using System.Text.Json.Serialization;

namespace KvCluster.Protocol.Topology;

/// <summary>What the master wants of a node.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NodeStatus>))]
public enum NodeStatus
{
    Active,

    /// <summary>The node is being removed: it gets no new slots and leaves when it has none.</summary>
    Draining,
}
