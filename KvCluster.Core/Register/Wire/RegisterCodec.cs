using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KvCluster.Core.Register.Messages;

namespace KvCluster.Core.Register.Wire;

/// <summary>A request or an answer in a frame of the peer port: the number that joins the two (64 bits, little-endian), then the message as JSON.</summary>
public static class RegisterCodec
{
    private const int NumberBytes = 8;

    public static void Write(long number, RegisterRequest request, IBufferWriter<byte> target) => Write(number, request, RegisterJson.Request, target);
    public static void Write(long number, RegisterAnswer answer, IBufferWriter<byte> target) => Write(number, answer, RegisterJson.Answer, target);

    /// <returns>Nothing when the frame holds no request.</returns>
    public static RegisterRequest? TryReadRequest(ReadOnlySpan<byte> frame, out long number) => TryRead(frame, RegisterJson.Request, out number);

    /// <returns>Nothing when the frame holds no answer.</returns>
    public static RegisterAnswer? TryReadAnswer(ReadOnlySpan<byte> frame, out long number) => TryRead(frame, RegisterJson.Answer, out number);

    private static void Write<T>(long number, T message, JsonTypeInfo<T> type, IBufferWriter<byte> target)
    {
        BinaryPrimitives.WriteInt64LittleEndian(target.GetSpan(NumberBytes), number);
        target.Advance(NumberBytes);
        using var json = new Utf8JsonWriter(target);
        JsonSerializer.Serialize(json, message, type);
    }

    private static T? TryRead<T>(ReadOnlySpan<byte> frame, JsonTypeInfo<T> type, out long number)
        where T : class
    {
        number = 0;
        if (frame.Length <= NumberBytes) return null;
        number = BinaryPrimitives.ReadInt64LittleEndian(frame);
        try
        {
            return JsonSerializer.Deserialize(frame[NumberBytes..], type);
        }
        catch (Exception malformed) when (malformed is JsonException or NotSupportedException)
        {
            return null;
        }
    }
}
