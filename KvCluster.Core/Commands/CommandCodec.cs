using System.Collections.Immutable;
using System.Text;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Slots;

namespace KvCluster.Core.Commands;

/// <summary>Commands and control records as the bytes of a log entry. The first byte is the version of the layout, the second the record's type.</summary>
/// <remarks>A type or version that is not known is an error that stops the server (<see cref="RecordFormatException"/>), never something to skip.</remarks>
public static class CommandCodec
{
    /// <summary>One allocation of the exact size.</summary>
    /// <exception cref="ArgumentException">The key, content type or value is outside its bounds.</exception>
    public static byte[] Encode(Command command)
    {
        ThrowIfOutOfBounds(command);
        var (type, flags) = (TypeOf(command), FlagsOf(command));
        var payload = GC.AllocateUninitializedArray<byte>(SizeOf(command, flags));
        var writer = new PayloadWriter(payload);
        writer.Byte(CommandView.Version);
        writer.Byte((byte)type);
        writer.Byte((byte)flags);
        writer.UInt16((ushort)command.Key.Length);
        writer.Bytes(command.Key.Span);
        if ((flags & CommandView.HasId) != 0) writer.UInt128(command.RequestId.Client);
        if ((flags & CommandView.HasStamp) != 0)
        {
            writer.UInt64(command.RequestId.Sequence);
            writer.UInt64(command.RequestId.Stamp.Value);
            writer.UInt64(command.RequestId.FirstIncomplete);
        }

        if (command.Condition.Kind == ConditionKind.Match) writer.UInt64(command.Condition.Revision.Value);
        var expiry = ExpiryOf(command);
        if (expiry.Kind is ExpiryKind.After or ExpiryKind.At) writer.Int64(expiry.Milliseconds);
        WriteBody(command, ref writer);
        System.Diagnostics.Debug.Assert(writer.IsFull, "The size was computed wrong.");
        return payload;
    }

    public static byte[] Encode(ControlRecord record)
    {
        var payload = new byte[2 + record switch
        {
            SlotAdopt adopt => 8 + 2 + (adopt.Ranges.Length * 4),
            DedupHorizon => 8,
            ExpireDue => 4,
            _ => throw new ArgumentOutOfRangeException(nameof(record), record.GetType().Name, "No such control record."),
        }];
        var writer = new PayloadWriter(payload);
        writer.Byte(CommandView.Version);
        switch (record)
        {
            case SlotAdopt adopt: WriteSlotAdopt(adopt, ref writer); break;
            case DedupHorizon horizon:
                writer.Byte((byte)(horizon.IsEarly ? ControlType.DedupEarlyHorizon : ControlType.DedupHorizon));
                writer.UInt64(horizon.Horizon.Value);
                break;
            case ExpireDue expire:
                writer.Byte((byte)ControlType.ExpireDue);
                writer.Int32(expire.KeysMax);
                break;
        }

        return payload;
    }

    /// <summary>The command of an entry; its bytes are slices of <paramref name="payload"/>.</summary>
    /// <exception cref="RecordFormatException">Malformed, or from a newer version.</exception>
    public static Command DecodeCommand(ReadOnlyMemory<byte> payload)
    {
        var view = CommandView.Parse(payload);
        var (key, condition, id) = (view.KeyMemory, view.Condition, view.RequestId);
        return view.Type switch
        {
            CommandType.Put => new PutCommand
            {
                Key = key,
                Condition = condition,
                RequestId = id,
                Expiry = view.Expiry,
                Value = view.BodyMemory,
                ContentType = Encoding.Latin1.GetString(view.ContentType),
            },
            CommandType.MergePatch => new PatchCommand { Key = key, Condition = condition, RequestId = id, Kind = PatchKind.Merge, Patch = view.BodyMemory },
            CommandType.JsonPatch => new PatchCommand { Key = key, Condition = condition, RequestId = id, Kind = PatchKind.Json, Patch = view.BodyMemory },
            CommandType.Delete => new DeleteCommand { Key = key, Condition = condition, RequestId = id },
            CommandType.Increment => new IncrementCommand { Key = key, Condition = condition, RequestId = id, By = view.By },
            CommandType.Steps => new StepsCommand { Key = key, Condition = condition, RequestId = id, Steps = view.BodyMemory },
            _ => new ExpireCommand { Key = key, Condition = condition, RequestId = id, Expiry = view.Expiry },
        };
    }

    /// <exception cref="RecordFormatException">Malformed, or from a newer version.</exception>
    public static ControlRecord DecodeControl(ReadOnlySpan<byte> payload)
    {
        var reader = new PayloadReader(payload);
        CommandView.CheckVersion(reader.Byte());
        var type = reader.Byte();
        ControlRecord record = (ControlType)type switch
        {
            ControlType.SlotAdopt => ReadSlotAdopt(ref reader),
            ControlType.DedupHorizon => new DedupHorizon(new Revision(reader.UInt64())),
            ControlType.DedupEarlyHorizon => new DedupHorizon(new Revision(reader.UInt64()), IsEarly: true),
            ControlType.ExpireDue => new ExpireDue(reader.Int32()),
            _ => throw new RecordFormatException(RecordFault.UnknownType, $"Control record type {type} is not known to this version."),
        };
        return reader.Rest == 0 ? record : throw new RecordFormatException(RecordFault.Malformed, $"{reader.Rest} bytes behind the last field of a control record.");
    }

    private static void ThrowIfOutOfBounds(Command command)
    {
        if (command.Key.Length is 0 or > CommandLimits.KeyBytesMax) throw new ArgumentException($"A key has 1 to {CommandLimits.KeyBytesMax} bytes.", nameof(command));
        if (command is not PutCommand put) return;
        if (put.Value.Length > CommandLimits.ValueBytesMax) throw new ArgumentException($"A value has at most {CommandLimits.ValueBytesMax} bytes.", nameof(command));
        if (put.ContentType.Length > CommandLimits.ContentTypeBytesMax || !Ascii.IsValid(put.ContentType))
            throw new ArgumentException($"A content type has at most {CommandLimits.ContentTypeBytesMax} ASCII characters.", nameof(command));
    }

    private static CommandType TypeOf(Command command) => command switch
    {
        PutCommand => CommandType.Put,
        PatchCommand { Kind: PatchKind.Merge } => CommandType.MergePatch,
        PatchCommand => CommandType.JsonPatch,
        DeleteCommand => CommandType.Delete,
        IncrementCommand => CommandType.Increment,
        ExpireCommand => CommandType.Expire,
        StepsCommand => CommandType.Steps,
        _ => throw new ArgumentOutOfRangeException(nameof(command), command.GetType().Name, "No such command."),
    };

    private static Expiry ExpiryOf(Command command) => command switch
    {
        PutCommand put => put.Expiry,
        ExpireCommand expire => expire.Expiry,
        _ => Expiry.Keep,
    };

    private static int FlagsOf(Command command)
    {
        var flags = (int)command.Condition.Kind | ((int)ExpiryOf(command).Kind << CommandView.ExpiryShift);
        if (command.RequestId.IsNone) return flags;
        flags |= CommandView.HasId;
        return command.RequestId.IsStamped ? flags | CommandView.HasStamp : flags;
    }

    private static int SizeOf(Command command, int flags)
    {
        var size = CommandView.FixedBytes + command.Key.Length;
        if ((flags & CommandView.HasId) != 0) size += CommandView.IdBytes;
        if ((flags & CommandView.HasStamp) != 0) size += CommandView.StampBytes;
        if (command.Condition.Kind == ConditionKind.Match) size += 8;
        if (ExpiryOf(command).Kind is ExpiryKind.After or ExpiryKind.At) size += 8;
        return size + command switch
        {
            PutCommand put => 1 + put.ContentType.Length + put.Value.Length,
            PatchCommand patch => patch.Patch.Length,
            IncrementCommand => 8,
            StepsCommand steps => steps.Steps.Length,
            _ => 0,
        };
    }

    private static void WriteBody(Command command, ref PayloadWriter writer)
    {
        switch (command)
        {
            case PutCommand put:
                writer.Byte((byte)put.ContentType.Length);
                Encoding.ASCII.GetBytes(put.ContentType, writer.Claim(put.ContentType.Length));
                writer.Bytes(put.Value.Span);
                break;
            case PatchCommand patch: writer.Bytes(patch.Patch.Span); break;
            case StepsCommand steps: writer.Bytes(steps.Steps.Span); break;
            case IncrementCommand increment: writer.Int64(increment.By); break;
        }
    }

    private static void WriteSlotAdopt(SlotAdopt adopt, ref PayloadWriter writer)
    {
        writer.Byte((byte)ControlType.SlotAdopt);
        writer.Int64(adopt.SlotEpoch);
        writer.UInt16((ushort)adopt.Ranges.Length);
        foreach (var range in adopt.Ranges)
        {
            writer.UInt16(range.First);
            writer.UInt16(range.Last);
        }
    }

    private static SlotAdopt ReadSlotAdopt(ref PayloadReader reader)
    {
        var slotEpoch = reader.Int64();
        var ranges = ImmutableArray.CreateBuilder<SlotRange>(reader.UInt16());
        for (var i = 0; i < ranges.Capacity; i++)
        {
            var range = new SlotRange(reader.UInt16(), reader.UInt16());
            if (range.First > range.Last || range.Last >= Slot.Count) throw new RecordFormatException(RecordFault.Malformed, $"No such slots: {range}.");
            ranges.Add(range);
        }

        return new SlotAdopt(ranges.DrainToImmutable(), slotEpoch);
    }
}
