using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Text;
using KvCluster.Benchmarks.Load;
using KvCluster.Benchmarks.Wire;

namespace KvCluster.Benchmarks.Etcd;

/// <summary>Puts through etcd's JSON gateway.</summary>
internal sealed class EtcdJsonRequests : IHttp1Requests
{
    public const int HeadBytesMax = 512;
    private readonly ValueBlock _values;
    private readonly byte[] _head;
    private int _puts;

    public EtcdJsonRequests(Uri server, ValueBlock values)
    {
        _values = values;
        var bodyBytes = KeyPrefix.Length + Base64.GetMaxEncodedToUtf8Length(KeyNames.Bytes) + ValuePrefix.Length
            + Base64.GetMaxEncodedToUtf8Length(values.ValueBytes) + End.Length;
        _head = Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"POST /v3/kv/put HTTP/1.1\r\nHost: {server.Authority}\r\nContent-Type: application/json\r\nContent-Length: {bodyBytes}\r\n\r\n"));
    }

    private static ReadOnlySpan<byte> KeyPrefix => "{\"key\":\""u8;
    private static ReadOnlySpan<byte> ValuePrefix => "\",\"value\":\""u8;
    private static ReadOnlySpan<byte> End => "\"}"u8;

    public int Write(Operation operation, Span<byte> destination)
    {
        if (operation.Kind != OperationKind.Put)
            throw new NotSupportedException("Only puts are measured at etcd.");
        Span<byte> key = stackalloc byte[KeyNames.Bytes];
        KeyNames.Write(operation.Key, key);
        var written = Append(_head, destination, 0);
        written = Append(KeyPrefix, destination, written);
        written = AppendBase64(key, destination, written);
        written = Append(ValuePrefix, destination, written);
        written = AppendBase64(_values.Window(operation.Key + _puts++), destination, written);
        return Append(End, destination, written);
    }

    public bool Accepts(Operation operation, Http1Answer answer) => answer.Status == (int)HttpStatusCode.OK;

    private static int Append(ReadOnlySpan<byte> text, Span<byte> destination, int written)
    {
        text.CopyTo(destination[written..]);
        return written + text.Length;
    }

    private static int AppendBase64(ReadOnlySpan<byte> bytes, Span<byte> destination, int written)
    {
        Base64.EncodeToUtf8(bytes, destination[written..], out _, out var count);
        return written + count;
    }
}
