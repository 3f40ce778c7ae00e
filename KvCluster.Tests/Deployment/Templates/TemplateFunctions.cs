using System.Globalization;
using System.Text;

namespace KvCluster.Tests.Deployment.Templates;

/// <summary>The functions that the chart uses, of those that Go, Sprig and Helm have.</summary>
internal static class TemplateFunctions
{
    private static readonly Dictionary<string, Func<object?[], object?>> All = new()
    {
        ["default"] = of => IsTrue(of[1]) ? of[1] : of[0],
        ["not"] = of => !IsTrue(of[0]),
        ["and"] = of => of.FirstOrDefault(value => !IsTrue(value), of[^1]),
        ["or"] = of => of.FirstOrDefault(IsTrue, of[^1]),
        ["eq"] = of => of[1..].Any(other => Equals(of[0], other)),
        ["lt"] = of => Number(of[0]) < Number(of[1]),
        ["int"] = of => Number(of[0]),
        ["add"] = of => of.Sum(Number),
        ["add1"] = of => Number(of[0]) + 1,
        ["mul"] = of => of.Select(Number).Aggregate((one, other) => one * other),
        ["until"] = of => Enumerable.Range(0, (int)Number(of[0])).Select(number => (object?)(long)number).ToArray(),
        ["list"] = of => of,
        ["append"] = of => List(of[0]).Append(of[1]).ToArray(),
        ["join"] = of => string.Join(Text(of[0]), List(of[1]).Select(Print)),
        ["splitList"] = of => Text(of[1]).Split(Text(of[0])).Cast<object?>().ToArray(),
        ["dict"] = of => of.Chunk(2).ToDictionary(pair => Text(pair[0]), pair => pair[1]),
        ["contains"] = of => Text(of[1]).Contains(Text(of[0]), StringComparison.Ordinal),
        ["trunc"] = of => Text(of[1]) is var text && text.Length > Number(of[0]) ? text[..(int)Number(of[0])] : Text(of[1]),
        ["trimSuffix"] = of => Text(of[1]) is var text && text.EndsWith(Text(of[0]), StringComparison.Ordinal) ? text[..^Text(of[0]).Length] : Text(of[1]),
        ["quote"] = of => YamlText.Quoted(Print(of[0])),
        ["nindent"] = of => "\n" + Indented(Text(of[1]), (int)Number(of[0])),
        ["printf"] = of => Formatted(Text(of[0]), of[1..]),
        ["toYaml"] = of => YamlText.Write(of[0]),
        ["fail"] = of => throw new TemplateException(Text(of[0])),
    };

    public static object? Call(string function, object?[] arguments) =>
        All.TryGetValue(function, out var called) ? called(arguments) : throw new TemplateException($"There is no function '{function}' here.");

    /// <summary>Nothing, zero and all that is empty count as false.</summary>
    public static bool IsTrue(object? value) => value switch
    {
        null => false,
        bool truth => truth,
        long number => number != 0,
        string text => text.Length > 0,
        IReadOnlyDictionary<string, object?> map => map.Count > 0,
        IReadOnlyList<object?> list => list.Count > 0,
        _ => throw new TemplateException($"Neither true nor false: {value}"),
    };

    public static IReadOnlyList<object?> List(object? value) => value as IReadOnlyList<object?> ?? throw new TemplateException($"No list: {value}");

    /// <summary>As a value stands in the text.</summary>
    public static string Print(object? value) => value switch
    {
        string text => text,
        bool truth => truth ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        _ => throw new TemplateException($"Cannot be printed: {value ?? "nothing"}"),
    };

    private static string Text(object? value) => value as string ?? throw new TemplateException($"No text: {value}");

    private static long Number(object? value) => value is long number ? number : throw new TemplateException($"No whole number: {value}");

    private static string Indented(string text, int spaces) =>
        string.Join('\n', text.Split('\n').Select(line => new string(' ', spaces) + line));

    private static string Formatted(string format, object?[] arguments)
    {
        var text = new StringBuilder();
        var next = 0;
        for (var at = 0; at < format.Length; at++)
        {
            if (format[at] != '%')
            {
                text.Append(format[at]);
                continue;
            }

            var isWanted = next < arguments.Length && format[++at] switch { 's' => arguments[next] is string, 'd' => arguments[next] is long, _ => false };
            if (!isWanted) throw new TemplateException($"'{format}' does not fit what is to be printed.");
            text.Append(Print(arguments[next++]));
        }

        return next == arguments.Length ? text.ToString() : throw new TemplateException($"'{format}' leaves something out.");
    }
}
