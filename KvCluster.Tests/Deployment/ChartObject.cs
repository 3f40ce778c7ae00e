using k8s;
using KvCluster.Tests.Deployment.Templates;

namespace KvCluster.Tests.Deployment;

/// <summary>One object that the chart makes, as text.</summary>
internal sealed record ChartObject(string Kind, string Name, string Yaml)
{
    public static IEnumerable<ChartObject> Split(string rendered)
    {
        foreach (var yaml in rendered.Split("\n---"))
        {
            if (YamlText.Read(yaml) is not IReadOnlyDictionary<string, object?> map) continue;
            yield return new ChartObject((string)map["kind"]!, (string)Chart.Map(map["metadata"])["name"]!, yaml);
        }
    }

    /// <summary>By the types of the API's client: a member that they do not know is a mistake.</summary>
    public T As<T>() => KubernetesYaml.Deserialize<T>(Yaml, strict: true);
}
