using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Requests;

namespace KvCluster.Core.Commands;

/// <summary>A command as it stands in an entry's payload, read in place: applying a write allocates nothing for it.</summary>
/// <remarks>
/// Layout, little-endian: version, type, flags, key length u16, key; then, as the flags say, client u128, sequence, stamp and
/// first incomplete (u64 each), the condition's revision, the expiry in milliseconds; then by type: content type length u8, content type,
/// value (put); patch document; number (increment); number of steps u16 and the steps (<see cref="Steps.StepView"/>).
/// </remarks>
internal readonly struct CommandView
{
    public const byte Version = 1;
    public const int FixedBytes = 5;
    public const int IdBytes = 16;
    public const int StampBytes = 24;
    public const int ConditionMask = 0b0000_0011;
    public const int ExpiryShift = 2;
    public const int ExpiryMask = 0b0000_1100;
    public const int HasId = 0b0001_0000;
    public const int HasStamp = 0b0010_0000;
    private const int KnownFlags = ConditionMask | ExpiryMask | HasId | HasStamp;

    private readonly ReadOnlyMemory<byte> _payload;
    private readonly int _keyLength;
    private readonly int _contentTypeLength;
    private readonly int _bodyAt;

    private CommandView(ReadOnlyMemory<byte> payload)
    {
        _payload = payload;
        var reader = new PayloadReader(payload.Span);
        CheckVersion(reader.Byte());
        Type = (CommandType)reader.Byte();
        if (Type is < CommandType.Put or > CommandType.Steps)
            throw new RecordFormatException(RecordFault.UnknownType, $"Command type {(byte)Type} is not known to this version.");
        int flags = reader.Byte();
        if ((flags & ~KnownFlags) != 0) throw Malformed($"flags {flags:x2}");
        _keyLength = reader.UInt16();
        if (_keyLength is 0 or > CommandLimits.KeyBytesMax) throw Malformed($"a key of {_keyLength} bytes");
        reader.Take(_keyLength);
        RequestId = ReadId(ref reader, flags);
        var kind = (ConditionKind)(flags & ConditionMask);
        Condition = new Condition(kind, kind == ConditionKind.Match ? new Revision(reader.UInt64()) : default);
        var expiry = (ExpiryKind)((flags & ExpiryMask) >> ExpiryShift);
        Expiry = new Expiry(expiry, expiry is ExpiryKind.After or ExpiryKind.At ? reader.Int64() : 0);
        if (Type == CommandType.Put) reader.Take(_contentTypeLength = reader.Byte());
        if (Type == CommandType.Increment) By = reader.Int64();
        _bodyAt = reader.Position;
        var hasBody = Type is CommandType.Put or CommandType.MergePatch or CommandType.JsonPatch or CommandType.Steps;
        if (!hasBody && reader.Rest > 0) throw Malformed($"{reader.Rest} bytes behind the last field");
    }

    public CommandType Type { get; }
    public RequestId RequestId { get; }
    public Condition Condition { get; }
    public Expiry Expiry { get; }
    public long By { get; }
    public ReadOnlySpan<byte> Key => KeyMemory.Span;
    public ReadOnlyMemory<byte> KeyMemory => _payload.Slice(FixedBytes, _keyLength);
    public ReadOnlySpan<byte> ContentType => _payload.Span.Slice(_bodyAt - _contentTypeLength, _contentTypeLength);

    /// <summary>The value of a put, the document of a patch.</summary>
    public ReadOnlySpan<byte> Body => BodyMemory.Span;
    public ReadOnlyMemory<byte> BodyMemory => _payload[_bodyAt..];

    /// <exception cref="RecordFormatException">Malformed, or from a newer version.</exception>
    public static CommandView Parse(ReadOnlyMemory<byte> payload) => new(payload);

    public static void CheckVersion(byte version)
    {
        if (version != Version) throw new RecordFormatException(RecordFault.UnknownVersion, $"Payload version {version} is not known to this version.");
    }

    private static RequestId ReadId(ref PayloadReader reader, int flags)
    {
        if ((flags & HasId) == 0) return RequestId.None;
        var client = reader.UInt128();
        return (flags & HasStamp) == 0
            ? new RequestId(client, 0, default, 0)
            : new RequestId(client, reader.UInt64(), new Revision(reader.UInt64()), reader.UInt64());
    }

    private static RecordFormatException Malformed(string what) => new(RecordFault.Malformed, $"The command has {what}.");
}
