namespace KvCluster.Benchmarks.Wire;

/// <summary>The head of an HTTP/1.1 answer, as much of it as a load generator looks at.</summary>
/// <param name="BodyBytes">Length of the body; -1 when it comes in chunks.</param>
/// <param name="Copies">Durable copies as <see cref="Protocol.Http.KvHeaders.Copies"/> says; zero without that header.</param>
internal readonly record struct Http1Answer(int Status, int BodyBytes, int Copies);
