using System.Text.Json;
using System.Text.Json.Serialization;
using KvCluster.Benchmarks.Comparisons;
using KvCluster.Benchmarks.Memory;
using KvCluster.Benchmarks.Recovery;

namespace KvCluster.Benchmarks.Commands;

/// <summary>Source-generated JSON of all results.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LoadResult))]
[JsonSerializable(typeof(ComparisonResult))]
[JsonSerializable(typeof(MemoryResult))]
[JsonSerializable(typeof(IdleConnectionsResult))]
[JsonSerializable(typeof(RecoveryResult))]
[JsonSerializable(typeof(MasterLossResult))]
[JsonSerializable(typeof(CatchUpResult))]
[JsonSerializable(typeof(RestartResult))]
[JsonSerializable(typeof(TopologyResult))]
internal sealed partial class BenchmarkJson : JsonSerializerContext;
