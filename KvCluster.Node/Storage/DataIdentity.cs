using System.Text.Json.Serialization;

namespace KvCluster.Node.Storage;

/// <summary>Whose folder this is: <c>identity.json</c>.</summary>
internal sealed record DataIdentity
{
    public required int Format { get; init; }
    public required Guid StoreId { get; init; }

    /// <summary>None before the server was registered for the first time.</summary>
    public Guid ClusterId { get; init; }
    public int ServerId { get; init; }

    /// <summary>Lineage of the newest topology that named the server.</summary>
    public int Lineage { get; init; }
}

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(DataIdentity))]
internal sealed partial class DataIdentityJson : JsonSerializerContext;
