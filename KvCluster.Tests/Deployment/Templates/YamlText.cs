using System.Globalization;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KvCluster.Tests.Deployment.Templates;

/// <summary>Between YAML and the values of templates: maps, lists, texts, whole numbers, truths and nothing.</summary>
internal static class YamlText
{
    public static object? Read(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return stream.Documents.Count == 0 ? null : Value(stream.Documents[0].RootNode);
    }

    /// <summary>Block style without a line break at the end; all texts in quotes.</summary>
    public static string Write(object? value)
    {
        var text = new StringBuilder();
        Write(value, 0, text);
        return text.ToString().Trim();
    }

    public static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";

    private static void Write(object? value, int depth, StringBuilder text)
    {
        var margin = "\n" + new string(' ', depth * 2);
        switch (value)
        {
            case IReadOnlyDictionary<string, object?> { Count: > 0 } map:
                foreach (var (name, member) in map.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    text.Append(CultureInfo.InvariantCulture, $"{margin}{Quoted(name)}:");
                    Write(member, depth + 1, text);
                }

                break;
            case IReadOnlyList<object?> { Count: > 0 } list:
                foreach (var element in list)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{margin}-");
                    Write(element, depth + 1, text);
                }

                break;
            default:
                text.Append(' ').Append(Scalar(value));
                break;
        }
    }

    private static string Scalar(object? value) => value switch
    {
        null => "null",
        string words => Quoted(words),
        IReadOnlyDictionary<string, object?> => "{}",
        IReadOnlyList<object?> => "[]",
        _ => TemplateFunctions.Print(value),
    };

    private static object? Value(YamlNode node) => node switch
    {
        YamlMappingNode map => map.Children.ToDictionary(pair => ((YamlScalarNode)pair.Key).Value!, pair => Value(pair.Value)),
        YamlSequenceNode list => list.Children.Select(Value).ToArray(),
        YamlScalarNode { Style: ScalarStyle.Plain } plain => Plain(plain.Value ?? ""),
        YamlScalarNode quoted => quoted.Value,
        _ => throw new TemplateException($"Not understood: {node}"),
    };

    private static object? Plain(string text) => text switch
    {
        "" or "null" or "~" => null,
        "true" => true,
        "false" => false,
        _ => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : text,
    };
}
