using System.Text.Json;
using System.Text.Json.Serialization;

namespace KvCluster.Benchmarks.Cluster;

/// <summary>Source-generated JSON of the state file.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ClusterState))]
internal sealed partial class ClusterStateJson : JsonSerializerContext;
