using System.Text.Json;
using KvCluster.Client;

namespace KvCluster.Cli.Transfer;

/// <summary>Reads one line of NDJSON into a record. What stands under <c>value</c> is taken byte for byte.</summary>
internal static class RecordReader
{
    /// <summary>How deep a JSON value may be nested in the <c>value</c> form.</summary>
    public const int DepthMax = 1000;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = DepthMax + 1 };

    /// <exception cref="RecordFormatException">The line is no record.</exception>
    public static TransferRecord Read(ReadOnlySpan<byte> line)
    {
        var members = new RecordMembers();
        try
        {
            var reader = new Utf8JsonReader(line, Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new RecordFormatException("it is no JSON object.");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName) ReadMember(ref reader, line, members);
            if (reader.Read()) throw new RecordFormatException("something follows the object.");
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or FormatException)
        {
            throw new RecordFormatException(wrong.Message);
        }

        return members.ToRecord();
    }

    private static void ReadMember(ref Utf8JsonReader reader, ReadOnlySpan<byte> line, RecordMembers members)
    {
        var name = reader.GetString()!;
        reader.Read();
        switch (name)
        {
            case "key":
                members.SetKey(Utf8Of(reader));
                break;
            case "keyBase64":
                members.SetKey(reader.GetBytesFromBase64());
                break;
            case "value":
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                members.SetValue(line[start..(int)reader.BytesConsumed].ToArray(), isJson: true);
                break;
            case "text":
                members.SetValue(Utf8Of(reader), isJson: false);
                break;
            case "base64":
                members.SetValue(reader.GetBytesFromBase64(), isJson: false);
                break;
            case "contentType":
                members.ContentType = reader.GetString();
                break;
            case "expiresAt":
                members.ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64());
                break;
            default:
                throw new RecordFormatException($"'{name}' is no member of a record.");
        }
    }

    private static byte[] Utf8Of(in Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String) throw new RecordFormatException("a key and a text are JSON strings.");
        var buffer = new byte[reader.ValueSpan.Length];
        var length = reader.CopyString(buffer);
        return buffer[..length];
    }
}
