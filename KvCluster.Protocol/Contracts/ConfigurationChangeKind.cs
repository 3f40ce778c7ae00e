using System.Text.Json.Serialization;

namespace KvCluster.Protocol.Contracts;

/// <summary>Why a node's configuration changes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConfigurationChangeKind>))]
public enum ConfigurationChangeKind
{
    /// <summary>The main takes its replica out of the in-sync set.</summary>
    Shrink,

    /// <summary>The main puts a replica that has everything back into the in-sync set.</summary>
    Grow,

    /// <summary>The replica becomes main because its grace period is over.</summary>
    Takeover,

    /// <summary>The replica becomes main because the main handed over.</summary>
    HandOver,

    /// <summary>A main that does not serve yet makes its in-sync replica main, whose log goes beyond its own.</summary>
    Yield,
}
