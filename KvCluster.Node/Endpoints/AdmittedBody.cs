namespace KvCluster.Node.Endpoints;

/// <summary>The body of one request and its share of the server's budget, given back when the request is answered.</summary>
internal sealed class AdmittedBody(RequestBody budget) : IDisposable
{
    private int _admitted;

    public byte[] Bytes { get; set; } = [];

    /// <exception cref="RequestProblem">The budget is used up.</exception>
    public void Grow(int bytes)
    {
        budget.Admit(bytes);
        _admitted += bytes;
    }

    public void Dispose()
    {
        budget.Release(_admitted);
        _admitted = 0;
    }
}
