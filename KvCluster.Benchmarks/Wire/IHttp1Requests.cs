namespace KvCluster.Benchmarks.Wire;

/// <summary>Writes the requests of one target for one of its servers, and knows the answers that they should get.</summary>
internal interface IHttp1Requests
{
    /// <returns>Bytes written.</returns>
    int Write(Operation operation, Span<byte> destination);

    bool Accepts(Operation operation, Http1Answer answer);
}
