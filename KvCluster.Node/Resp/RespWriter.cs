using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using KvCluster.Core.Commands;

namespace KvCluster.Node.Resp;

/// <summary>Writes answers in RESP2, or in RESP3 once the client asked for it.</summary>
internal sealed class RespWriter(IBufferWriter<byte> output)
{
    // Larger values go piece by piece into what room there is.
    private const int OnePieceBytesMax = 2 << 10;
    private const int HeaderBytesMax = 1 + 20 + 2;

    /// <summary>2 or 3.</summary>
    public int Protocol { get; set; } = 2;

    /// <summary>Counts errors where somebody asks for their number.</summary>
    public RespCounts? Counts { get; init; }

    /// <summary>Bytes written since somebody set it to zero.</summary>
    public long Written { get; set; }

    public void Ok() => Raw("+OK\r\n"u8);
    public void Nil() => Raw(Protocol == 3 ? "_\r\n"u8 : "$-1\r\n"u8);
    public void NilArray() => Raw(Protocol == 3 ? "_\r\n"u8 : "*-1\r\n"u8);
    public void Number(long number) => Header((byte)':', number);
    public void Array(long count) => Header((byte)'*', count);
    public void Map(long pairs) => Header(Protocol == 3 ? (byte)'%' : (byte)'*', Protocol == 3 ? pairs : pairs * 2);
    public void Set(long count) => Header(Protocol == 3 ? (byte)'~' : (byte)'*', count);
    public void Push(long count) => Header(Protocol == 3 ? (byte)'>' : (byte)'*', count);

    public void Word(ReadOnlySpan<byte> word)
    {
        Raw("+"u8);
        Raw(word);
        Raw("\r\n"u8);
    }

    /// <param name="error">The prefix word and a sentence; line breaks become blanks.</param>
    public void Error(string error)
    {
        Counts?.Failed(error);
        Raw("-"u8);
        Text(error.AsSpan().IndexOfAny('\r', '\n') < 0 ? error : error.Replace('\r', ' ').Replace('\n', ' '));
        Raw("\r\n"u8);
    }

    public void Bulk(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > OnePieceBytesMax)
        {
            Header((byte)'$', bytes.Length);
            Raw(bytes);
            Raw("\r\n"u8);
            return;
        }

        var span = output.GetSpan(HeaderBytesMax + bytes.Length + 2);
        var length = Header(span, (byte)'$', bytes.Length);
        bytes.CopyTo(span[length..]);
        length += bytes.Length;
        span[length] = (byte)'\r';
        span[length + 1] = (byte)'\n';
        Advance(length + 2);
    }

    public void Bulk(string text) => Bulk(Encoding.UTF8.GetBytes(text));
    public void Bulk(long number) => Bulk(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>Text for people.</summary>
    public void Verbatim(string text)
    {
        if (Protocol != 3)
        {
            Bulk(text);
            return;
        }

        Header((byte)'=', Encoding.UTF8.GetByteCount(text) + 4);
        Raw("txt:"u8);
        Text(text);
        Raw("\r\n"u8);
    }

    public void Reply(in StepReply reply)
    {
        switch (reply.Kind)
        {
            case StepReplyKind.Nil: Nil(); break;
            case StepReplyKind.Ok: Ok(); break;
            case StepReplyKind.Number: Number(reply.Number); break;
            case StepReplyKind.Bytes: Bulk(reply.Bytes.Span); break;
            case StepReplyKind.Word: Word(reply.Bytes.Span); break;
            case StepReplyKind.Fault: Error(RespErrors.Of(reply.Fault)); break;
            default: Items(reply); break;
        }
    }

    private void Items(in StepReply reply)
    {
        if (reply.Kind == StepReplyKind.Map) Map(reply.Number);
        else Array(reply.Number);
        foreach (var item in reply.Items!) Reply(item);
    }

    private void Header(byte type, long number) => Advance(Header(output.GetSpan(HeaderBytesMax), type, number));

    private static int Header(Span<byte> span, byte type, long number)
    {
        span[0] = type;
        Utf8Formatter.TryFormat(number, span[1..], out var digits);
        span[digits + 1] = (byte)'\r';
        span[digits + 2] = (byte)'\n';
        return digits + 3;
    }

    private void Advance(int count)
    {
        output.Advance(count);
        Written += count;
    }

    private void Text(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Encoding.UTF8.GetBytes(text, output.GetSpan(length));
        Advance(length);
    }

    private void Raw(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        Written += bytes.Length;
    }
}
