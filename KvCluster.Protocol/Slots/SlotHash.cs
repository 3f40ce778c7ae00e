namespace KvCluster.Protocol.Slots;

/// <summary>
/// Which slot a key lives in: CRC16/XMODEM of the key, or of the text between the first <c>{</c> and the next <c>}</c>
/// when that text is not empty, modulo 16384 (Redis Cluster specification, "Hash tags").
/// </summary>
public static class SlotHash
{
    private static readonly ushort[] Table = BuildTable();

    public static Slot Of(ReadOnlySpan<byte> key)
    {
        var open = key.IndexOf((byte)'{');
        if (open >= 0)
        {
            var length = key[(open + 1)..].IndexOf((byte)'}');
            if (length > 0) key = key.Slice(open + 1, length);
        }

        return new Slot((ushort)(Crc16(key) % Slot.Count));
    }

    private static ushort Crc16(ReadOnlySpan<byte> bytes)
    {
        ushort crc = 0;
        foreach (var value in bytes) crc = (ushort)((crc << 8) ^ Table[((crc >> 8) ^ value) & 0xFF]);
        return crc;
    }

    private static ushort[] BuildTable()
    {
        var table = new ushort[256];
        for (var i = 0; i < table.Length; i++)
        {
            var crc = (ushort)(i << 8);
            for (var bit = 0; bit < 8; bit++) crc = (ushort)((crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1);
            table[i] = crc;
        }

        return table;
    }
}
