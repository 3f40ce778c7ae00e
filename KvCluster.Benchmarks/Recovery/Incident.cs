namespace KvCluster.Benchmarks.Recovery;

/// <summary>One disturbance and how long writes were away.</summary>
/// <param name="Main">The server that was main.</param>
/// <param name="UnavailableMilliseconds">From the disturbance to the acknowledged write that ended the longest silence after it.</param>
internal sealed record Incident(string Main, double UnavailableMilliseconds);
