using System.Text.Json.Nodes;

namespace KvCluster.Tests.Deployment;

/// <summary>The schema knows every value of the chart and no other.</summary>
public sealed class ChartValuesTests
{
    // These are free for whatever people put there.
    private static readonly string[] Open = ["resources", "serviceAccount.annotations", "service.annotations", "placement.nodeSelector", "metrics.serviceMonitor.labels", "podAnnotations", "podLabels"];

    private static readonly JsonNode Schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Chart.Folder, "values.schema.json")))!;

    [Fact]
    public void EveryValue_IsInTheSchemaAndOfItsType() => Check(Chart.Values, Schema, "");

    [Fact]
    public void EveryPropertyOfTheSchema_HasAValue()
    {
        var missing = Named(Schema, "").Except(Named(Chart.Values, "")).Where(name => name != "global" && !Open.Any(open => name.StartsWith(open + ".", StringComparison.Ordinal)));

        Assert.Empty(missing);
    }

    private static void Check(object? value, JsonNode schema, string path)
    {
        if (schema["$ref"]?.GetValue<string>() is { } reference) schema = Schema["definitions"]![reference.Split('/')[^1]]!;
        if (schema["type"]?.GetValue<string>() is { } type) Assert.Equal((path, type), (path, TypeOf(value)));
        if (schema["enum"] is JsonArray allowed) Assert.Contains(allowed, one => one!.ToString() == value!.ToString());
        if (value is not IReadOnlyDictionary<string, object?> map || Open.Contains(path)) return;
        Assert.True(schema["additionalProperties"] is JsonValue { } closed && !closed.GetValue<bool>(), $"{path} takes any name.");
        foreach (var (name, member) in map)
        {
            var known = schema["properties"]?[name];
            Assert.True(known is not null, $"The schema does not know {path}.{name}.");
            Check(member, known!, Joined(path, name));
        }
    }

    private static string TypeOf(object? value) => value switch
    {
        string => "string",
        bool => "boolean",
        long => "integer",
        IReadOnlyList<object?> => "array",
        IReadOnlyDictionary<string, object?> => "object",
        _ => "null",
    };

    private static IEnumerable<string> Named(JsonNode schema, string path) =>
        schema["properties"] is JsonObject properties ? properties.SelectMany(one => Named(one.Value!, Joined(path, one.Key)).Prepend(Joined(path, one.Key))) : [];

    private static IEnumerable<string> Named(object? value, string path) =>
        value is IReadOnlyDictionary<string, object?> map ? map.SelectMany(one => Named(one.Value, Joined(path, one.Key)).Prepend(Joined(path, one.Key))) : [];

    private static string Joined(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
