using System.Text;
using CsCheck;
using KvCluster.Core.Commands;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Requests;
using KvCluster.Protocol.Slots;

namespace KvCluster.Tests.Commands;

public sealed class CommandCodecTests
{
    private static readonly Gen<Condition> Conditions = Gen.Select(Gen.Enum<ConditionKind>(), Gen.ULong[1, ulong.MaxValue], (kind, revision) =>
        new Condition(kind, kind == ConditionKind.Match ? new Revision(revision) : default));

    private static readonly Gen<Expiry> Expiries = Gen.Select(Gen.Enum<ExpiryKind>(), Gen.Long, (kind, milliseconds) =>
        new Expiry(kind, kind is ExpiryKind.After or ExpiryKind.At ? milliseconds : 0));

    private static readonly Gen<RequestId> Ids = Gen.OneOf(
        Gen.Const(RequestId.None),
        Gen.ULong[1, ulong.MaxValue].Select(client => new RequestId(client, 0, default, 0)),
        Gen.Select(Gen.ULong[1, ulong.MaxValue], Gen.ULong[1, ulong.MaxValue], Gen.ULong, Gen.ULong, (client, sequence, stamp, first) =>
            new RequestId(client, sequence, new Revision(stamp), first)));

    private static readonly Gen<byte[]> Keys = Gen.Byte.Array[1, 40];
    private static readonly Gen<byte[]> Bodies = Gen.Byte.Array[0, 200];

    private static readonly Gen<Command> Commands = Gen.OneOf(
        Gen.Select(Keys, Bodies, Gen.Char['a', 'z'].Array[0, 255], Expiries, Conditions, Ids, (key, value, type, expiry, condition, id) =>
            (Command)new PutCommand { Key = key, Value = value, ContentType = new string(type), Expiry = expiry, Condition = condition, RequestId = id }),
        Gen.Select(Keys, Bodies, Gen.Enum<PatchKind>(), Conditions, Ids, (key, patch, kind, condition, id) =>
            (Command)new PatchCommand { Key = key, Patch = patch, Kind = kind, Condition = condition, RequestId = id }),
        Gen.Select(Keys, Gen.Long, Conditions, Ids, (key, by, condition, id) => (Command)new IncrementCommand { Key = key, By = by, Condition = condition, RequestId = id }),
        Gen.Select(Keys, Conditions, Ids, (key, condition, id) => (Command)new DeleteCommand { Key = key, Condition = condition, RequestId = id }),
        Gen.Select(Keys, Expiries, Conditions, Ids, (key, expiry, condition, id) =>
            (Command)new ExpireCommand { Key = key, Expiry = expiry, Condition = condition, RequestId = id }));

    [Fact]
    public void Decode_OfEncode_IsTheCommand() => Commands.Sample(command =>
    {
        var decoded = CommandCodec.DecodeCommand(CommandCodec.Encode(command));
        Assert.Equal(Describe(command), Describe(decoded));
    });

    [Fact]
    public void Decode_OfAnyBytes_NeverFailsOtherwise() => Gen.Byte.Array[0, 60].Sample(bytes =>
    {
        if (bytes.Length > 0) bytes[0] = 1;
        if (bytes.Length > 1) bytes[1] %= 8;
        try
        {
            CommandCodec.DecodeCommand(bytes);
        }
        catch (RecordFormatException refused)
        {
            Assert.NotEmpty(refused.Message);
        }
    });

    [Fact]
    public void Decode_OfEveryPrefix_IsRefused() => Commands.Sample(command =>
    {
        if (command is PutCommand or PatchCommand) return;
        var payload = CommandCodec.Encode(command);
        for (var length = 0; length < payload.Length; length++)
            Assert.Throws<RecordFormatException>(() => CommandCodec.DecodeCommand(payload.AsMemory(0, length)));
    });

    [Theory]
    [InlineData(0, 2, RecordFault.UnknownVersion)]
    [InlineData(1, 99, RecordFault.UnknownType)]
    [InlineData(2, 0xC0, RecordFault.Malformed)]
    public void Decode_OfNewerPayload_SaysSo(int place, byte value, RecordFault fault)
    {
        var payload = CommandCodec.Encode(Make.Delete("k"));
        payload[place] = value;
        Assert.Equal(fault, Assert.Throws<RecordFormatException>(() => CommandCodec.DecodeCommand(payload)).Fault);
    }

    [Fact]
    public void Decode_WithBytesBehindTheEnd_IsRefused()
    {
        byte[] payload = [.. CommandCodec.Encode(Make.Increment("k")), 0];
        Assert.Equal(RecordFault.Malformed, Assert.Throws<RecordFormatException>(() => CommandCodec.DecodeCommand(payload)).Fault);
    }

    [Fact]
    public void Encode_OutsideTheBounds_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => CommandCodec.Encode(Make.Delete("")));
        Assert.Throws<ArgumentException>(() => CommandCodec.Encode(Make.Delete(new string('k', 1_025))));
        Assert.Throws<ArgumentException>(() => CommandCodec.Encode(Make.Put("k", "v") with { ContentType = "text/é" }));
        Assert.Throws<ArgumentException>(() => CommandCodec.Encode(Make.Put("k", "v") with { ContentType = new string('a', 256) }));
        Assert.Throws<ArgumentException>(() => CommandCodec.Encode(Make.Put("k", "v") with { Value = new byte[CommandLimits.ValueBytesMax + 1] }));
    }

    [Fact]
    public void Control_OfEncode_IsTheRecord()
    {
        ControlRecord[] records = [new SlotAdopt([new SlotRange(0, 5), new SlotRange(9, 16_383)], 3), new DedupHorizon(new Revision(77)), new ExpireDue(1_000)];
        foreach (var record in records) Assert.Equal(record, CommandCodec.DecodeControl(CommandCodec.Encode(record)));
    }

    [Fact]
    public void Control_OfUnknownType_SaysSo()
    {
        var payload = CommandCodec.Encode(new ExpireDue(1));
        payload[1] = 16;
        Assert.Equal(RecordFault.UnknownType, Assert.Throws<RecordFormatException>(() => CommandCodec.DecodeControl(payload)).Fault);
    }

    [Fact]
    public void Control_WithSlotsThatDoNotExist_IsRefused()
    {
        var payload = CommandCodec.Encode(new SlotAdopt([new SlotRange(0, 16_384)], 1));
        Assert.Equal(RecordFault.Malformed, Assert.Throws<RecordFormatException>(() => CommandCodec.DecodeControl(payload)).Fault);
    }

    // Records compare memory by identity, so the bytes are spelled out.
    private static string Describe(Command command)
    {
        var text = new StringBuilder($"{command.GetType().Name} {Convert.ToHexString(command.Key.Span)} {command.Condition} {command.RequestId}");
        return command switch
        {
            PutCommand put => text.Append($" {Convert.ToHexString(put.Value.Span)} {put.ContentType} {put.Expiry}"),
            PatchCommand patch => text.Append($" {Convert.ToHexString(patch.Patch.Span)} {patch.Kind}"),
            IncrementCommand increment => text.Append($" {increment.By}"),
            ExpireCommand expire => text.Append($" {expire.Expiry}"),
            _ => text,
        }
        is var described ? described.ToString() : "";
    }
}
