namespace KvCluster.Benchmarks.Wire;

/// <summary>HTTP/1.1 on one keep-alive connection.</summary>
internal sealed class Http1Exchange(IHttp1Requests requests) : IExchange
{
    private Operation _operation;
    private Http1Answer _head;
    private Http1BodySkipper _body;
    private bool _hasHead;

    public int WriteRequest(Operation operation, Span<byte> destination)
    {
        _operation = operation;
        return requests.Write(operation, destination);
    }

    public bool TryReadAnswer(ReadOnlySpan<byte> received, out int consumed, out Answer answer)
    {
        answer = default;
        consumed = 0;
        if (!_hasHead)
        {
            var end = received.IndexOf("\r\n\r\n"u8);
            if (end < 0)
                return false;
            _head = Http1HeadReader.Read(received[..(end + 2)]);
            _body.Begin(_head.BodyBytes);
            _hasHead = true;
            consumed = end + 4;
        }

        var isComplete = _body.Skip(received[consumed..], out var bodyBytes);
        consumed += bodyBytes;
        if (!isComplete)
            return false;
        _hasHead = false;
        var complete = _head with { BodyBytes = (int)_body.ContentBytes };
        answer = new Answer(requests.Accepts(_operation, complete), complete.Status, complete.Copies);
        return true;
    }
}
