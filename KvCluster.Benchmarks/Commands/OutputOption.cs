using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KvCluster.Benchmarks.Output;

namespace KvCluster.Benchmarks.Commands;

/// <summary>Prints a result as a table or as JSON.</summary>
internal sealed class OutputOption
{
    private readonly Option<OutputFormat> _format = new("--output")
    {
        Description = "How the result is printed.",
        DefaultValueFactory = _ => OutputFormat.Table,
    };

    public void AddTo(Command command) => command.Options.Add(_format);

    public void Write<T>(ParseResult parsed, T result, JsonTypeInfo<T> json, Action<T, TextWriter> asText)
    {
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(_format) == OutputFormat.Json)
            output.WriteLine(JsonSerializer.Serialize(result, json));
        else
            asText(result, output);
    }
}
