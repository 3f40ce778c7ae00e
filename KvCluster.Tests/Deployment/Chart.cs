using KvCluster.AppHost.Machine;
using KvCluster.Tests.Deployment.Templates;

namespace KvCluster.Tests.Deployment;

/// <summary>The chart of this repository, rendered with the default values and what a test puts over them.</summary>
internal sealed class Chart
{
    public const string Release = "shop";
    public const string Namespace = "data";
    public static readonly string Root = Path.GetFullPath(Path.Combine(BuiltPaths.AppHostFolder, ".."));
    public static readonly string Folder = Path.Combine(Root, "deploy", "helm", "kvcluster");

    private Chart(IReadOnlyList<ChartObject> objects, string notes) => (Objects, Notes) = (objects, notes);

    public IReadOnlyList<ChartObject> Objects { get; }
    public string Notes { get; }

    public static IReadOnlyDictionary<string, object?> Values => Map(YamlText.Read(File.ReadAllText(Path.Combine(Folder, "values.yaml"))));

    /// <param name="overrides">YAML, as somebody's own values file.</param>
    public static Chart Render(string overrides = "")
    {
        var about = Map(YamlText.Read(File.ReadAllText(Path.Combine(Folder, "Chart.yaml"))));
        var dot = new Dictionary<string, object?>
        {
            ["Values"] = overrides.Length == 0 ? Values : Over(Values, Map(YamlText.Read(overrides))),
            ["Release"] = new Dictionary<string, object?> { ["Name"] = Release, ["Namespace"] = Namespace, ["Service"] = "Helm" },
            ["Chart"] = about.ToDictionary(pair => char.ToUpperInvariant(pair.Key[0]) + pair.Key[1..], pair => pair.Value),
        };
        var engine = new TemplateEngine();
        var files = Directory.GetFiles(Path.Combine(Folder, "templates")).Order(StringComparer.Ordinal).ToDictionary(file => Path.GetFileName(file), file => engine.Read(File.ReadAllText(file)));
        var objects = files.Where(file => file.Key.EndsWith(".yaml", StringComparison.Ordinal)).SelectMany(file => ChartObject.Split(engine.Render(file.Value, dot)));
        return new Chart([.. objects], engine.Render(files["NOTES.txt"], dot));
    }

    public IReadOnlyList<T> All<T>(string kind) => [.. Objects.Where(one => one.Kind == kind).Select(one => one.As<T>())];

    public T One<T>(string kind) => Assert.Single(All<T>(kind));

    public static IReadOnlyDictionary<string, object?> Map(object? value) => (IReadOnlyDictionary<string, object?>)value!;

    // As Helm does: maps are merged, everything else is replaced.
    private static Dictionary<string, object?> Over(IReadOnlyDictionary<string, object?> values, IReadOnlyDictionary<string, object?> own)
    {
        var merged = values.ToDictionary();
        foreach (var (name, value) in own)
        {
            merged[name] = value is IReadOnlyDictionary<string, object?> map && merged.GetValueOrDefault(name) is IReadOnlyDictionary<string, object?> below
                ? Over(below, map)
                : value;
        }

        return merged;
    }
}
