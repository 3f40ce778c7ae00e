namespace KvCluster.Core.Register.Messages;

/// <summary>The addressed generation is over: a majority of the next one has begun.</summary>
public sealed record Retire(RegisterAddress To, VoterPointer MovedTo) : RegisterRequest(To);
