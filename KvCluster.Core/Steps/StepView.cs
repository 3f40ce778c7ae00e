using System.Buffers.Binary;
using KvCluster.Core.Commands;

namespace KvCluster.Core.Steps;

/// <summary>One step as it stands in the payload, read in place.</summary>
/// <remarks>
/// Layout, little-endian: operation u8, options u8 (bits 0-1 condition, 2-3 expiry, 4 flag), key length u16, key, two numbers of 64 bits
/// where option bits 5 and 6 say so, number of arguments u32, then each argument with its length u32 in front.
/// </remarks>
internal readonly ref struct StepView
{
    public const int HasNumber = 0b0010_0000;
    public const int HasSecond = 0b0100_0000;
    public const int Flagged = 0b0001_0000;
    public const int ExpiryShift = 2;
    public const int KindMask = 0b11;
    private readonly int _options;

    public StepView(ref PayloadReader reader)
    {
        Operation = (StepOperation)reader.Byte();
        _options = reader.Byte();
        var keyLength = reader.UInt16();
        if (keyLength is 0 or > CommandLimits.KeyBytesMax) throw new RecordFormatException(RecordFault.Malformed, $"A step has a key of {keyLength} bytes.");
        Key = reader.Take(keyLength);
        Number = (_options & HasNumber) != 0 ? reader.Int64() : 0;
        Second = (_options & HasSecond) != 0 ? reader.Int64() : 0;
        ArgumentCount = reader.Int32();
        if (ArgumentCount < 0) throw new RecordFormatException(RecordFault.Malformed, "A step has a negative number of arguments.");
        var begin = reader;
        for (var i = 0; i < ArgumentCount; i++) reader.Take(Length(reader.Int32()));
        Arguments = begin.Take(reader.Position - begin.Position);
    }

    public StepOperation Operation { get; }
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>A revision for a condition, else what the operation says.</summary>
    public long Number { get; }

    /// <summary>Milliseconds of an expiry, else what the operation says.</summary>
    public long Second { get; }
    public int ArgumentCount { get; }
    public bool IsFlagged => (_options & Flagged) != 0;
    public Condition Condition => new((ConditionKind)(_options & KindMask), new Protocol.Identity.Revision((ulong)Number));
    public Expiry Expiry => new((ExpiryKind)((_options >> ExpiryShift) & KindMask), Second);

    private ReadOnlySpan<byte> Arguments { get; }

    /// <summary>The first argument.</summary>
    public ReadOnlySpan<byte> Argument => ArgumentReader().Next();
    public StepArguments ArgumentReader() => new(Arguments, ArgumentCount);

    private static int Length(int length) =>
        length >= 0 ? length : throw new RecordFormatException(RecordFault.Malformed, "An argument has a negative length.");
}
