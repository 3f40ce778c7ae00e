namespace KvCluster.Core.Register.Messages;

/// <summary>A round at this ballot decided something else than a close: whoever was ready for the addressed generation up to it is free again.</summary>
public sealed record Release(RegisterAddress To, Ballot Ballot) : RegisterRequest(To);
