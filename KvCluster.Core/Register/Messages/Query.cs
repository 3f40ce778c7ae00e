namespace KvCluster.Core.Register.Messages;

/// <summary>Asks what was accepted; promises nothing, writes nothing.</summary>
public sealed record Query(RegisterAddress To) : RegisterRequest(To);
