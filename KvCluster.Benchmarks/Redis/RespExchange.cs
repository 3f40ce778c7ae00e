using System.Buffers.Text;
using KvCluster.Benchmarks.Wire;

namespace KvCluster.Benchmarks.Redis;

/// <summary>RESP2 on one connection: an operation is answered when each of its commands is, and accepted when each was answered as it should.</summary>
internal sealed class RespExchange(RespRequests requests) : IExchange
{
    private const int Refused = 500;
    private Operation _operation;
    private int _remaining;
    private bool _isRefused;

    public int WriteRequest(Operation operation, Span<byte> destination)
    {
        (_operation, _remaining, _isRefused) = (operation, requests.AnswersTo(operation.Kind), false);
        return requests.Write(operation, destination);
    }

    public bool TryReadAnswer(ReadOnlySpan<byte> received, out int consumed, out Answer answer)
    {
        answer = default;
        consumed = 0;
        while (_remaining > 0)
        {
            if (!TryRead(received[consumed..], out var bytes, out var isRight)) return false;
            consumed += bytes;
            _isRefused |= !isRight;
            _remaining--;
        }

        answer = new Answer(!_isRefused, _isRefused ? Refused : 0, Copies: 0);
        return true;
    }

    private bool TryRead(ReadOnlySpan<byte> received, out int bytes, out bool isRight)
    {
        (bytes, isRight) = (received.IndexOf((byte)'\n') + 1, false);
        if (bytes == 0) return false;
        var line = received[..(bytes - 2)];
        switch (line[0])
        {
            case (byte)'+':
                isRight = _operation.Kind == OperationKind.Put;
                return true;
            case (byte)':':
                isRight = requests.Waits(_operation.Kind) && _remaining == 1 && Number(line) >= 1;
                return true;
            case (byte)'-':
                return true;
            case (byte)'$':
                var length = Number(line);
                if (length < 0) return true;
                bytes += length + 2;
                isRight = _operation.Kind == OperationKind.Get && length == requests.ValueBytes;
                return received.Length >= bytes;
            default:
                throw new ProtocolException("The server does not speak RESP2.");
        }
    }

    private static int Number(ReadOnlySpan<byte> line) =>
        Utf8Parser.TryParse(line[1..], out int number, out var digits) && digits == line.Length - 1
            ? number
            : throw new ProtocolException("A number that is none.");
}
