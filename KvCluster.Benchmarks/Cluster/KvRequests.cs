using System.Net;
using System.Text;
using KvCluster.Benchmarks.Load;
using KvCluster.Benchmarks.Wire;

namespace KvCluster.Benchmarks.Cluster;

/// <summary>GET and PUT of the cluster's HTTP interface.</summary>
internal sealed class KvRequests(Uri server, ValueBlock values) : IHttp1Requests
{
    /// <summary>More than a head of these requests ever has.</summary>
    public const int HeadBytesMax = 512;
    private static readonly byte[] Get = Encoding.ASCII.GetBytes("GET /kv/");
    private static readonly byte[] Put = Encoding.ASCII.GetBytes("PUT /kv/");
    private readonly byte[] _afterGet = Encoding.ASCII.GetBytes($" HTTP/1.1\r\nHost: {server.Authority}\r\n\r\n");

    private readonly byte[] _afterPut = Encoding.ASCII.GetBytes(
        $" HTTP/1.1\r\nHost: {server.Authority}\r\nContent-Length: {values.ValueBytes}\r\n\r\n");

    private int _puts;

    public int Write(Operation operation, Span<byte> destination)
    {
        var isGet = operation.Kind == OperationKind.Get;
        var written = Append(isGet ? Get : Put, destination, 0);
        KeyNames.Write(operation.Key, destination[written..]);
        written = Append(isGet ? _afterGet : _afterPut, destination, written + KeyNames.Bytes);
        return isGet ? written : Append(values.Window(operation.Key + _puts++), destination, written);
    }

    public bool Accepts(Operation operation, Http1Answer answer) => operation.Kind == OperationKind.Get
        ? answer.Status == (int)HttpStatusCode.OK && answer.BodyBytes == values.ValueBytes
        : answer.Status is (int)HttpStatusCode.Created or (int)HttpStatusCode.NoContent;

    private static int Append(ReadOnlySpan<byte> text, Span<byte> destination, int written)
    {
        text.CopyTo(destination[written..]);
        return written + text.Length;
    }
}
