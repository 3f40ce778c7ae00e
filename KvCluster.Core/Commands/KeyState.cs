using KvCluster.Core.State;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Commands;

/// <summary>What a key is at the moment a command is applied to it. A row of another generation or past its time counts as absent.</summary>
internal readonly record struct KeyState(bool HasRow, bool Exists, ValueRow Row)
{
    public Revision Revision => Exists ? Row.Revision : default;
    public long ExpiresAt => Exists ? Row.ExpiresAt : 0;
    public string ContentType => Exists ? Row.ContentType : "";

    /// <summary>The expiry that has an index row, also of a key that is past it.</summary>
    public long StoredExpiresAt => HasRow ? Row.ExpiresAt : 0;

    public static KeyState Read(ReadOnlySpan<byte> key, long generation, Revision now, IStateReader state)
    {
        Span<byte> row = stackalloc byte[key.Length + 1];
        StateRow.WriteData(key, row);
        Span<byte> header = stackalloc byte[ValueRow.HeaderBytesMax];
        var length = state.Read(row, header);
        if (length < 0) return default;
        var value = ValueRow.ReadHeader(header[..Math.Min(length, header.Length)]);
        return new KeyState(true, value.Generation == generation && !value.IsExpiredAt(now), value);
    }

    public byte[] Value(ReadOnlySpan<byte> key, IStateReader state) => state.Get(StateRow.Data(key))![Row.HeaderBytes..];
}
