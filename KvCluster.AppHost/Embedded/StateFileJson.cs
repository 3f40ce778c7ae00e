using System.Text.Json;
using System.Text.Json.Serialization;

namespace KvCluster.AppHost.Embedded;

/// <summary>Source-generated JSON of the state file.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(ClusterView))]
internal sealed partial class StateFileJson : JsonSerializerContext;
