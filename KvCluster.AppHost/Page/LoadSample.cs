namespace KvCluster.AppHost.Page;

/// <summary>The whole cluster's traffic in one interval.</summary>
/// <param name="At">End of the interval, milliseconds since 1970.</param>
/// <param name="Reads">A second.</param>
/// <param name="Writes">A second.</param>
/// <param name="ReadP99">Milliseconds; none where there was no read.</param>
/// <param name="Lag">Log entries that the replica farthest behind has not.</param>
internal sealed record LoadSample(long At, double Reads, double Writes, double? ReadP50, double? ReadP99, double? WriteP50, double? WriteP99, long Lag);
