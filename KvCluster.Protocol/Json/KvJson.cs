using System.Text.Json;
using System.Text.Json.Serialization;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Topology;

namespace KvCluster.Protocol.Json;

/// <summary>Source-generated JSON of every contract: camel case, nulls left out, unknown members ignored.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(ClusterTopology))]
[JsonSerializable(typeof(TopologyUpdate))]
[JsonSerializable(typeof(RegistrationRequest))]
[JsonSerializable(typeof(RegistrationAnswer))]
[JsonSerializable(typeof(MasterAnswer))]
[JsonSerializable(typeof(SurvivorAnswer))]
[JsonSerializable(typeof(RestorePlan))]
[JsonSerializable(typeof(ConfigurationChange))]
[JsonSerializable(typeof(ConfigurationAnswer))]
[JsonSerializable(typeof(ServerStatus))]
[JsonSerializable(typeof(ClusterStatus))]
[JsonSerializable(typeof(ListPage))]
[JsonSerializable(typeof(ListedEntry))]
[JsonSerializable(typeof(IncrementAnswer))]
[JsonSerializable(typeof(BatchRequest))]
[JsonSerializable(typeof(BatchAnswer))]
[JsonSerializable(typeof(KvProblem))]
public sealed partial class KvJson : JsonSerializerContext;
