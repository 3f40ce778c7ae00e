using System.Buffers;
using System.Buffers.Binary;

namespace KvCluster.Core.Steps;

/// <summary>A hash as the bytes of one value: a format byte, then each field and its value with their lengths (u32, little-endian) in front, in the order of their first setting.</summary>
/// <remarks>One row for the whole hash keeps every command on it atomic, readable and movable like any value; its cost grows with the
/// hash's size, which suits the small hashes of caches and sessions.</remarks>
public static class HashBody
{
    public const byte Format = 1;
    public const int FixedBytes = 1;

    public const string ContentTypeName = "application/vnd.kvcluster.hash";
    public static ReadOnlySpan<byte> ContentType => "application/vnd.kvcluster.hash"u8;

    /// <summary>Whether the bytes are fields and values from the first to the last, at least one of them.</summary>
    /// <remarks>Any front end may store bytes under the content type of hashes, so nothing below asks for more than this at apply.</remarks>
    public static bool IsWellFormed(ReadOnlySpan<byte> body)
    {
        if (body.Length <= FixedBytes || body[0] != Format) return false;
        var at = 0;
        while (TryNext(body, ref at, out _, out _))
        {
        }

        return at == body.Length;
    }

    /// <summary>Moves on to the next field.</summary>
    /// <param name="at">Where the field's entry begins; zero for the first one.</param>
    /// <returns>False at the end, and where the rest is no field with its value: <paramref name="at"/> stays there.</returns>
    public static bool TryNext(ReadOnlySpan<byte> body, ref int at, out Range field, out Range value)
    {
        if (at == 0) at = FixedBytes;
        (field, value) = (default, default);
        if (!TryPart(body, at, out field) || !TryPart(body, field.End.Value, out value)) return false;
        at = value.End.Value;
        return true;
    }

    private static bool TryPart(ReadOnlySpan<byte> body, int at, out Range part)
    {
        part = default;
        if (body.Length - at < 4) return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(body[at..]);
        if (length < 0 || length > body.Length - at - 4) return false;
        part = (at + 4)..(at + 4 + length);
        return true;
    }

    public static int Count(ReadOnlySpan<byte> body)
    {
        var (count, at) = (0, 0);
        while (TryNext(body, ref at, out _, out _)) count++;
        return count;
    }

    /// <param name="entry">The field's whole entry.</param>
    public static bool TryFind(ReadOnlySpan<byte> body, ReadOnlySpan<byte> name, out Range value, out Range entry)
    {
        var at = 0;
        entry = default;
        var begin = FixedBytes;
        while (TryNext(body, ref at, out var field, out value))
        {
            if (body[field].SequenceEqual(name))
            {
                entry = begin..at;
                return true;
            }

            begin = at;
        }

        value = default;
        return false;
    }

    /// <summary>Makes room at the end of what was written and puts a field with its value there.</summary>
    public static void Write(IBufferWriter<byte> body, ReadOnlySpan<byte> name, ReadOnlySpan<byte> content)
    {
        WritePart(body, name);
        WritePart(body, content);
    }

    private static void WritePart(IBufferWriter<byte> body, ReadOnlySpan<byte> part)
    {
        BinaryPrimitives.WriteInt32LittleEndian(body.GetSpan(4), part.Length);
        body.Advance(4);
        body.Write(part);
    }
}
