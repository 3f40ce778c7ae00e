using System.Text;
using System.Text.Unicode;
using KvCluster.Protocol.Slots;

namespace KvCluster.Client;

/// <summary>A key: 1 to 1,024 bytes. Text becomes UTF-8; any other bytes are as good.</summary>
public readonly struct KvKey : IEquatable<KvKey>, IComparable<KvKey>
{
    public const int BytesMax = 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly ReadOnlyMemory<byte> _bytes;

    /// <exception cref="ArgumentException">The key is empty or longer than 1,024 bytes.</exception>
    public KvKey(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty) throw new ArgumentException("A key has at least one byte.", nameof(bytes));
        if (bytes.Length > BytesMax) throw new ArgumentException($"A key has at most {BytesMax} bytes, this one {bytes.Length}.", nameof(bytes));
        _bytes = bytes;
    }

    /// <exception cref="ArgumentException">The key is empty, longer than 1,024 bytes as UTF-8, or no valid Unicode.</exception>
    public KvKey(string text)
        : this(StrictUtf8.GetBytes(text))
    {
    }

    public ReadOnlyMemory<byte> Bytes => _bytes;
    public ReadOnlySpan<byte> Span => _bytes.Span;
    public bool IsUtf8 => Utf8.IsValid(_bytes.Span);

    /// <summary>The slot that the key lives in.</summary>
    public Slot Slot => SlotHash.Of(_bytes.Span);

    public static KvKey FromString(string text) => new(text);
    public static KvKey FromBytes(byte[] bytes) => new(bytes);
    public static implicit operator KvKey(string text) => new(text);
    public static implicit operator KvKey(byte[] bytes) => new(bytes);
    public static implicit operator KvKey(ReadOnlyMemory<byte> bytes) => new(bytes);

    /// <summary>In the order of bytes, which is the order of every listing.</summary>
    public int CompareTo(KvKey other) => Span.SequenceCompareTo(other.Span);
    public bool Equals(KvKey other) => Span.SequenceEqual(other.Span);
    public override bool Equals(object? obj) => obj is KvKey other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    /// <summary>The text of a UTF-8 key, else its bytes in hexadecimal digits after <c>0x</c>.</summary>
    public override string ToString() => IsUtf8 ? Encoding.UTF8.GetString(Span) : "0x" + Convert.ToHexStringLower(Span);

    public static bool operator ==(KvKey left, KvKey right) => left.Equals(right);
    public static bool operator !=(KvKey left, KvKey right) => !left.Equals(right);
    public static bool operator <(KvKey left, KvKey right) => left.CompareTo(right) < 0;
    public static bool operator >(KvKey left, KvKey right) => left.CompareTo(right) > 0;
    public static bool operator <=(KvKey left, KvKey right) => left.CompareTo(right) <= 0;
    public static bool operator >=(KvKey left, KvKey right) => left.CompareTo(right) >= 0;
}
