using System.Buffers.Binary;
using System.IO.Hashing;

namespace KvCluster.Core.State;

/// <summary>One number for all rows of a state: two copies that applied the same entries have the same.</summary>
public static class StateDigest
{
    public static UInt128 Of(IStateReader reader)
    {
        var hash = new XxHash128();
        reader.Scan(StateRange.Everything.From, StateRange.Everything.Until, (row, value) =>
        {
            // The lengths go in too: where a row ends must not be a matter of taste.
            Span<byte> lengths = stackalloc byte[8];
            BinaryPrimitives.WriteInt32LittleEndian(lengths, row.Length);
            BinaryPrimitives.WriteInt32LittleEndian(lengths[4..], value.Length);
            hash.Append(lengths);
            hash.Append(row);
            hash.Append(value);
            return true;
        });
        return hash.GetCurrentHashAsUInt128();
    }
}
