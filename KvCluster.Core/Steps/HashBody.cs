using System.Buffers.Binary;

namespace KvCluster.Core.Steps;

/// <summary>A hash as the bytes of one value: a format byte, then each field and its value with their lengths (u32, little-endian) in front, in the order of their first setting.</summary>
/// <remarks>One row for the whole hash keeps every command on it atomic, readable and movable like any value; its cost grows with the
/// hash's size, which suits the small hashes of caches and sessions.</remarks>
public static class HashBody
{
    public const byte Format = 1;
    public const int FixedBytes = 1;

    public static ReadOnlySpan<byte> ContentType => "application/vnd.kvcluster.hash"u8;

    /// <summary>Moves on to the next field.</summary>
    /// <param name="at">Where the field's entry begins; zero for the first one.</param>
    public static bool TryNext(ReadOnlySpan<byte> body, ref int at, out Range field, out Range value)
    {
        if (at == 0) at = FixedBytes;
        (field, value) = (default, default);
        if (at >= body.Length) return false;
        var fieldLength = BinaryPrimitives.ReadInt32LittleEndian(body[at..]);
        var valueLength = BinaryPrimitives.ReadInt32LittleEndian(body[(at + 4 + fieldLength)..]);
        var valueAt = at + 8 + fieldLength;
        field = (at + 4)..(at + 4 + fieldLength);
        value = valueAt..(valueAt + valueLength);
        at = valueAt + valueLength;
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

    /// <returns>True when the field is new.</returns>
    public static bool Set(ref byte[] body, ReadOnlySpan<byte> name, ReadOnlySpan<byte> content)
    {
        if (body.Length == 0) body = [Format];
        var isKnown = TryFind(body, name, out var value, out _);
        var (from, until) = isKnown ? (value.Start.Value - 4, value.End.Value) : (body.Length, body.Length);
        var added = (isKnown ? 4 : 8 + name.Length) + content.Length;
        var next = new byte[body.Length - (until - from) + added];
        body.AsSpan(0, from).CopyTo(next);
        var at = from;
        if (!isKnown)
        {
            BinaryPrimitives.WriteInt32LittleEndian(next.AsSpan(at), name.Length);
            name.CopyTo(next.AsSpan(at + 4));
            at += 4 + name.Length;
        }

        BinaryPrimitives.WriteInt32LittleEndian(next.AsSpan(at), content.Length);
        content.CopyTo(next.AsSpan(at + 4));
        body.AsSpan(until).CopyTo(next.AsSpan(at + 4 + content.Length));
        body = next;
        return !isKnown;
    }

    public static bool Remove(ref byte[] body, ReadOnlySpan<byte> name)
    {
        if (!TryFind(body, name, out _, out var entry)) return false;
        body = [.. body.AsSpan(..entry.Start), .. body.AsSpan(entry.End..)];
        return true;
    }
}
