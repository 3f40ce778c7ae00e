using System.Text.Json.Serialization;

namespace KvCluster.AppHost.Embedded;

/// <summary>A server's part in its node, as the topology says it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ServerRole>))]
internal enum ServerRole
{
    [JsonStringEnumMemberName("main")]
    Main,

    [JsonStringEnumMemberName("replica")]
    Replica,

    /// <summary>Belongs to no node.</summary>
    [JsonStringEnumMemberName("witness")]
    Witness,
}
