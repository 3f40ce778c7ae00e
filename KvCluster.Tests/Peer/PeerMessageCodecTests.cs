using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using CsCheck;
using KvCluster.Core.Log;
using KvCluster.Core.Replication.Messages;
using KvCluster.Core.Replication.Wire;

namespace KvCluster.Tests.Peer;

public sealed class PeerMessageCodecTests
{
    private const int AppendCountOffset = 1 + 8 + 16 + 8;

    [Fact]
    public void Read_OfWhatWasWritten_GivesTheSameMessage() =>
        Messages.Any.Sample(message => AssertSame(message, PeerMessageCodec.Read(Bytes(message))), iter: 5_000);

    [Fact]
    public void Any_ReachesEveryMessageType()
    {
        var seen = new ConcurrentDictionary<Type, bool>();
        Messages.Any.Sample(message => { seen[message.GetType()] = true; }, iter: 2_000);
        Assert.Equal(typeof(PeerMessage).Assembly.GetTypes().Count(type => type.IsSubclassOf(typeof(PeerMessage))), seen.Count);
    }

    [Fact]
    public void Read_OfAnyPrefixOrWithAByteBehind_IsInvalid() =>
        Gen.Select(Messages.Any, Gen.Int[0, int.MaxValue]).Sample((message, place) =>
        {
            var bytes = Bytes(message);
            Assert.Throws<InvalidDataException>(() => PeerMessageCodec.Read(bytes.AsMemory(0, place % bytes.Length)));
            Assert.Throws<InvalidDataException>(() => PeerMessageCodec.Read((byte[])[.. bytes, 0]));
        }, iter: 2_000);

    [Fact]
    public void Read_OfRandomBytes_ThrowsNothingButInvalidData() =>
        Gen.Select(Gen.Byte[0, 14], Gen.Byte.Array[0, 300]).Sample((type, rest) => ReadAnything([type, .. rest]), iter: 20_000);

    [Fact]
    public void Read_OfDamagedMessages_ThrowsNothingButInvalidData() =>
        Gen.Select(Messages.Any, Gen.Int[0, int.MaxValue], Gen.Byte).Sample((message, place, damage) =>
        {
            var bytes = Bytes(message);
            bytes[place % bytes.Length] = damage;
            ReadAnything(bytes);
        }, iter: 20_000);

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    [InlineData(2)]
    public void Read_OfMoreItemsThanTheFrameHolds_IsInvalid(int count)
    {
        var bytes = Bytes(new Append(new(1), default, [new LogEntry(new(1), new(1), default, EntryKind.NoOp, default)], default));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(AppendCountOffset), count);

        Assert.Throws<InvalidDataException>(() => PeerMessageCodec.Read(bytes));
    }

    [Fact]
    public void Append_CarriesTheTracesOfRecordedEntries_AndNotAByteForOthers()
    {
        var plain = new LogEntry(new(1), new(1), default, EntryKind.NoOp, default);
        var recorded = plain with { Index = new(2), Trace = new TraceContext(new UInt128(1, 2), 3) };

        var read = (Append)PeerMessageCodec.Read(Bytes(new Append(new(1), default, [plain, recorded], default)));

        Assert.Null(read.Entries[0].Trace);
        Assert.Equal(recorded.Trace, read.Entries[1].Trace);
        var both = Bytes(new Append(new(1), default, [plain, recorded], default)).Length;
        Assert.Equal(4 + 28, both - Bytes(new Append(new(1), default, [plain, recorded with { Trace = null }], default)).Length);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void Read_OfATraceForAnEntryThatIsNotThere_IsInvalid(int place)
    {
        var bytes = Bytes(new Append(new(1), default, [new LogEntry(new(1), new(1), default, EntryKind.NoOp, default) { Trace = new TraceContext(1, 2) }], default));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(bytes.Length - 28), place);

        Assert.Throws<InvalidDataException>(() => PeerMessageCodec.Read(bytes));
    }

    private static void ReadAnything(byte[] bytes)
    {
        try
        {
            // What can be read is a message; written again it is read as the same.
            var message = PeerMessageCodec.Read(bytes);
            AssertSame(message, PeerMessageCodec.Read(Bytes(message)));
        }
        catch (InvalidDataException)
        {
            // The one failure that the connection expects.
        }
    }

    // Written bytes say all that a message holds; records compare their lists by reference.
    private static void AssertSame(PeerMessage expected, PeerMessage actual)
    {
        Assert.Equal(expected.GetType(), actual.GetType());
        Assert.Equal(Bytes(expected), Bytes(actual));
    }

    private static byte[] Bytes(PeerMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        PeerMessageCodec.Write(message, buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
