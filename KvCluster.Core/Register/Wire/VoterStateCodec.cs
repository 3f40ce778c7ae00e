using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text.Json;

namespace KvCluster.Core.Register.Wire;

/// <summary>
/// A vote's file: format, CRC-64 of the rest, the state as JSON. What does not match its checksum is no older state but none at all: to fall
/// back to one would be to forget an answer (R1, R9).
/// </summary>
public static class VoterStateCodec
{
    private const uint Format = 0x3156_564B;
    private const int HeaderBytes = 12;

    public static byte[] Encode(VoterState state)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(state, RegisterJson.State);
        var file = new byte[HeaderBytes + json.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(file, Format);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(4), Crc64.HashToUInt64(json));
        json.CopyTo(file, HeaderBytes);
        return file;
    }

    /// <returns>Nothing when the file is damaged.</returns>
    public static VoterState? TryDecode(ReadOnlySpan<byte> file)
    {
        if (file.Length <= HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(file) != Format) return null;
        var json = file[HeaderBytes..];
        if (BinaryPrimitives.ReadUInt64LittleEndian(file[4..]) != Crc64.HashToUInt64(json)) return null;
        try
        {
            return JsonSerializer.Deserialize(json, RegisterJson.State) is { } state && state.VoterId != Guid.Empty ? state : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
