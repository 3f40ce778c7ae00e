using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Requests;
using KvCluster.Protocol.Slots;

namespace KvCluster.Core.Commands;

/// <summary>
/// Commands and control records as the payload of a log entry: one byte for the type, then fields in a fixed order, little-endian.
/// An unknown type stops the server: an entry that cannot be executed must never be skipped.
/// </summary>
public static class CommandCodec
{
    public static byte[] Encode(Command command)
    {
        var payload = new byte[SizeOf(command)];
        var writer = new PayloadWriter(payload);
        writer.Byte((byte)TypeOf(command));
        writer.Bytes(command.Key.Span);
        writer.Byte((byte)command.Condition.Kind);
        if (command.Condition.Kind == ConditionKind.Match) writer.UInt64(command.Condition.Revision.Value);
        WriteRequestId(ref writer, command.RequestId);
        switch (command)
        {
            case PutCommand put:
                WriteExpiry(ref writer, put.Expiry);
                writer.Text(put.ContentType);
                writer.Bytes(put.Value.Span);
                break;
            case PatchCommand patch:
                writer.Byte((byte)patch.Kind);
                writer.Bytes(patch.Patch.Span);
                break;
            case IncrementCommand increment: writer.UInt64((ulong)increment.By); break;
            case ExpireCommand expire: WriteExpiry(ref writer, expire.Expiry); break;
            case DeleteCommand: break;
        }

        return payload;
    }

    public static byte[] Encode(ControlRecord record)
    {
        var ranges = record is SlotAdopt adopt ? adopt.Ranges : [];
        var payload = new byte[1 + 8 + 4 + (ranges.Length * 4)];
        var writer = new PayloadWriter(payload);
        writer.Byte((byte)TypeOf(record));
        writer.UInt64(record switch
        {
            SlotAdopt slots => (ulong)slots.SlotEpoch,
            DedupHorizon horizon => horizon.Horizon.Value,
            ExpireDue due => (ulong)due.KeysMax,
            _ => throw Unknown(record),
        });
        writer.UInt32((uint)ranges.Length);
        foreach (var range in ranges) writer.UInt32(((uint)range.First << 16) | range.Last);
        return payload;
    }

    /// <exception cref="InvalidDataException">The payload is damaged or of a type this version does not know.</exception>
    public static Command DecodeCommand(ReadOnlyMemory<byte> payload)
    {
        var reader = new PayloadReader(payload);
        var type = (PayloadType)reader.Byte();
        var key = reader.Bytes();
        var kind = (ConditionKind)reader.Byte();
        var condition = new Condition(kind, kind == ConditionKind.Match ? new Revision(reader.UInt64()) : default);
        var id = ReadRequestId(ref reader);
        Command command = type switch
        {
            PayloadType.Put => ReadPut(ref reader, key),
            PayloadType.Patch => new PatchCommand { Key = key, Kind = (PatchKind)reader.Byte(), Patch = reader.Bytes() },
            PayloadType.Delete => new DeleteCommand { Key = key },
            PayloadType.Increment => new IncrementCommand { Key = key, By = (long)reader.UInt64() },
            PayloadType.Expire => new ExpireCommand { Key = key, Expiry = ReadExpiry(ref reader) },
            _ => throw new InvalidDataException($"Command type {(byte)type} is not known to this version."),
        };
        reader.End();
        return command with { Condition = condition, RequestId = id };
    }

    /// <exception cref="InvalidDataException">The payload is damaged or of a type this version does not know.</exception>
    public static ControlRecord DecodeControl(ReadOnlyMemory<byte> payload)
    {
        var reader = new PayloadReader(payload);
        var type = (PayloadType)reader.Byte();
        var number = reader.UInt64();
        var ranges = new SlotRange[reader.Count(4)];
        for (var i = 0; i < ranges.Length; i++)
        {
            var packed = reader.UInt32();
            ranges[i] = new SlotRange((ushort)(packed >> 16), (ushort)packed);
        }

        reader.End();
        return type switch
        {
            PayloadType.SlotAdopt => new SlotAdopt(ImmutableArray.Create(ranges), (long)number),
            PayloadType.DedupHorizon => new DedupHorizon(new Revision(number)),
            PayloadType.ExpireDue => new ExpireDue((int)number),
            _ => throw new InvalidDataException($"Control record {(byte)type} is not known to this version."),
        };
    }

    private static PutCommand ReadPut(ref PayloadReader reader, ReadOnlyMemory<byte> key)
    {
        var expiry = ReadExpiry(ref reader);
        var contentType = reader.Text();
        return new PutCommand { Key = key, Expiry = expiry, ContentType = contentType, Value = reader.Bytes() };
    }

    private static PayloadType TypeOf(Command command) => command switch
    {
        PutCommand => PayloadType.Put,
        PatchCommand => PayloadType.Patch,
        DeleteCommand => PayloadType.Delete,
        IncrementCommand => PayloadType.Increment,
        ExpireCommand => PayloadType.Expire,
        _ => throw Unknown(command),
    };

    private static PayloadType TypeOf(ControlRecord record) => record switch
    {
        SlotAdopt => PayloadType.SlotAdopt,
        DedupHorizon => PayloadType.DedupHorizon,
        ExpireDue => PayloadType.ExpireDue,
        _ => throw Unknown(record),
    };

    private static ArgumentOutOfRangeException Unknown(object what) => new(nameof(what), what.GetType().Name, "Nothing the log knows.");

    private static int SizeOf(Command command) =>
        1 + 4 + command.Key.Length + 1 + (command.Condition.Kind == ConditionKind.Match ? 8 : 0) + (command.RequestId.IsNone ? 1 : 41)
        + command switch
        {
            PutCommand put => 9 + 1 + put.ContentType.Length + 4 + put.Value.Length,
            PatchCommand patch => 1 + 4 + patch.Patch.Length,
            IncrementCommand => 8,
            ExpireCommand => 9,
            _ => 0,
        };

    private static void WriteRequestId(ref PayloadWriter writer, RequestId id)
    {
        writer.Byte(id.IsNone ? (byte)0 : (byte)1);
        if (id.IsNone) return;
        writer.UInt64((ulong)(id.Client >> 64));
        writer.UInt64((ulong)id.Client);
        writer.UInt64(id.Sequence);
        writer.UInt64(id.Stamp.Value);
        writer.UInt64(id.FirstIncomplete);
    }

    private static RequestId ReadRequestId(ref PayloadReader reader) => reader.Byte() == 0
        ? RequestId.None
        : new RequestId(new UInt128(reader.UInt64(), reader.UInt64()), reader.UInt64(), new Revision(reader.UInt64()), reader.UInt64());

    private static void WriteExpiry(ref PayloadWriter writer, Expiry expiry)
    {
        writer.Byte((byte)expiry.Kind);
        writer.UInt64((ulong)expiry.Milliseconds);
    }

    private static Expiry ReadExpiry(ref PayloadReader reader) => new((ExpiryKind)reader.Byte(), (long)reader.UInt64());
}
