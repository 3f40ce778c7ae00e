using System.Text.Json.Serialization;

namespace KvCluster.AppHost.Page;

/// <summary>Everything that the page reads.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(PageView))]
[JsonSerializable(typeof(LoadSample))]
[JsonSerializable(typeof(PageEvent))]
[JsonSerializable(typeof(PageLine))]
[JsonSerializable(typeof(PageLine[]))]
[JsonSerializable(typeof(PageAnswer))]
internal sealed partial class PageJson : JsonSerializerContext;
