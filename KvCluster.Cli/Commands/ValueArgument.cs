using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using KvCluster.Client;

namespace KvCluster.Cli.Commands;

/// <summary>A value or document on the command line, or from the standard input with <c>-</c>.</summary>
internal sealed class ValueArgument(string name, string description)
{
    private readonly Argument<string> _text = new(name) { Description = $"{description}; - reads it from the standard input." };

    public void AddTo(Command command) => command.Arguments.Add(_text);

    /// <exception cref="UsageException">The input is longer than a value can be.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(ParseResult parsed, CliConsole console, CancellationToken cancellationToken)
    {
        var text = parsed.GetValue(_text)!;
        if (text != "-") return Encoding.UTF8.GetBytes(text);
        using var memory = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await console.Input.ReadAsync(buffer, cancellationToken) is var count and > 0)
        {
            memory.Write(buffer, 0, count);
            if (memory.Length > KvValue.BytesMax) throw new UsageException($"The input is longer than a value can be, {KvValue.BytesMax} bytes.");
        }

        return memory.ToArray();
    }

    /// <summary>The media type of bytes for which none is named: JSON objects and arrays, text, or anything.</summary>
    public static string GuessContentType(ReadOnlySpan<byte> bytes)
    {
        if (IsJsonDocument(bytes)) return KvValue.JsonContentType;
        return Utf8.IsValid(bytes) ? KvValue.TextContentType : KvValue.BinaryContentType;
    }

    private static bool IsJsonDocument(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes);
            if (!reader.Read() || reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return false;
            reader.Skip();
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
