namespace KvCluster.Benchmarks.Wire;

/// <summary>The other side sent something that the protocol, or this small reader of it, does not know.</summary>
internal sealed class ProtocolException(string message) : Exception(message);
