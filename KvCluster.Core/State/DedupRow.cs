using KvCluster.Core.Commands;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.State;

/// <summary>
/// A dedup row's value: format, outcome code, flags, slot u16, generation, revision, then the fields that the flags name (8 bytes each):
/// a write with an id pays for this row, so what is usual costs nothing.
/// </summary>
internal static class DedupRow
{
    public const int BytesMax = 5 + (8 * 7);
    private const byte Format = 1;
    private const int HasKeepUntil = 1;
    private const int HasFirstIncomplete = 2;
    private const int HasOtherRevision = 4;
    private const int HasNumber = 8;
    private const int HasExpiry = 16;

    /// <returns>How many bytes were written.</returns>
    public static int Write(Span<byte> row, in DedupFacts facts)
    {
        var outcome = facts.Outcome;
        var flags = (facts.KeepUntil != facts.Revision ? HasKeepUntil : 0)
            | (facts.FirstIncomplete != 0 ? HasFirstIncomplete : 0)
            | (outcome.Revision != facts.Revision ? HasOtherRevision : 0)
            | (outcome.Number != 0 ? HasNumber : 0)
            | (outcome.ExpiresAt != 0 ? HasExpiry : 0);
        var length = 5 + (8 * (2 + int.PopCount(flags)));
        var writer = new PayloadWriter(row[..length]);
        writer.Byte(Format);
        writer.Byte((byte)outcome.Code);
        writer.Byte((byte)flags);
        writer.UInt16(facts.Slot);
        writer.Int64(facts.Generation);
        writer.UInt64(facts.Revision.Value);
        if ((flags & HasKeepUntil) != 0) writer.UInt64(facts.KeepUntil.Value);
        if ((flags & HasFirstIncomplete) != 0) writer.UInt64(facts.FirstIncomplete);
        if ((flags & HasOtherRevision) != 0) writer.UInt64(outcome.Revision.Value);
        if ((flags & HasNumber) != 0) writer.Int64(outcome.Number);
        if ((flags & HasExpiry) != 0) writer.Int64(outcome.ExpiresAt);
        return length;
    }

    public static DedupFacts Read(ReadOnlySpan<byte> row)
    {
        var reader = new PayloadReader(row);
        if (reader.Byte() != Format) throw new InvalidDataException("A dedup row is of a format that this version does not know.");
        var code = (OutcomeCode)reader.Byte();
        int flags = reader.Byte();
        var slot = reader.UInt16();
        var generation = reader.Int64();
        var revision = new Revision(reader.UInt64());
        var keepUntil = (flags & HasKeepUntil) != 0 ? new Revision(reader.UInt64()) : revision;
        var firstIncomplete = (flags & HasFirstIncomplete) != 0 ? reader.UInt64() : 0;
        var resulting = (flags & HasOtherRevision) != 0 ? new Revision(reader.UInt64()) : revision;
        var number = (flags & HasNumber) != 0 ? reader.Int64() : 0;
        var expiresAt = (flags & HasExpiry) != 0 ? reader.Int64() : 0;
        return new DedupFacts(slot, generation, revision, keepUntil, firstIncomplete, new Outcome(code, resulting, number, expiresAt));
    }
}
