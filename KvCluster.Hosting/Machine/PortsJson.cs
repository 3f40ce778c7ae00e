using System.Text.Json;
using System.Text.Json.Serialization;
using KvCluster.Hosting.Plan;

namespace KvCluster.Hosting.Machine;

/// <summary>Source-generated JSON of the remembered ports.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(Dictionary<string, ServerPorts>))]
internal sealed partial class PortsJson : JsonSerializerContext;
