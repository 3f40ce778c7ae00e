namespace KvCluster.Tests.Processes;

/// <summary>
/// What a bad network does to requests that change something, above connections that work: some are delivered twice at once, and of some the
/// reply is lost after the server has sent it. Whoever sent such a request knows nothing.
/// </summary>
internal sealed class TroubledConnections(HttpMessageHandler inner, Random random) : DelegatingHandler(inner)
{
    private const int OneIn = 4;
    private readonly Lock _lock = new();
    private int _lost;
    private int _doubled;

    public int Lost => Volatile.Read(ref _lost);
    public int Doubled => Volatile.Read(ref _doubled);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method == HttpMethod.Get) return await base.SendAsync(request, cancellationToken);
        var twin = Chance() ? await CopyAsync(request, cancellationToken) : null;
        var first = base.SendAsync(request, cancellationToken);
        if (twin is not null)
        {
            using var second = await base.SendAsync(twin, cancellationToken);
            Interlocked.Increment(ref _doubled);
        }

        var answer = await first;
        if (!Chance()) return answer;
        answer.Dispose();
        Interlocked.Increment(ref _lost);
        throw new HttpRequestException(HttpRequestError.ConnectionError, "The reply was lost.");
    }

    private bool Chance()
    {
        lock (_lock) return random.Next(OneIn) == 0;
    }

    private static async Task<HttpRequestMessage> CopyAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        var copy = new HttpRequestMessage(request.Method, request.RequestUri) { Version = request.Version, VersionPolicy = request.VersionPolicy };
        foreach (var (name, values) in request.Headers) copy.Headers.TryAddWithoutValidation(name, values);
        if (request.Content is null) return copy;
        copy.Content = new ByteArrayContent(await request.Content.ReadAsByteArrayAsync(cancellation));
        foreach (var (name, values) in request.Content.Headers) copy.Content.Headers.TryAddWithoutValidation(name, values);
        return copy;
    }
}
