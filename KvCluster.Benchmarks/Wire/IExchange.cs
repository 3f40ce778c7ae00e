namespace KvCluster.Benchmarks.Wire;

/// <summary>The protocol on one connection, one request at a time.</summary>
internal interface IExchange
{
    /// <summary>Writes a request, and before it whatever the protocol still owes to the server.</summary>
    /// <returns>Bytes written.</returns>
    int WriteRequest(Operation operation, Span<byte> destination);

    /// <summary>Looks at what was received and not yet consumed.</summary>
    /// <param name="consumed">Bytes at the front that are not needed again.</param>
    /// <returns>False while more bytes are needed for the answer.</returns>
    /// <exception cref="ProtocolException">The server does not keep to the protocol.</exception>
    bool TryReadAnswer(ReadOnlySpan<byte> received, out int consumed, out Answer answer);
}
