namespace KvCluster.Benchmarks.Wire;

/// <summary>What came back for an operation.</summary>
/// <param name="IsAccepted">It is the answer that the operation should get; anything else counts as an error.</param>
/// <param name="Status">Status of the protocol, to name the error by.</param>
/// <param name="Copies">Durable copies that the server says a write has; zero when it says nothing.</param>
internal readonly record struct Answer(bool IsAccepted, int Status, int Copies);
