namespace KvCluster.Core.Register.Messages;

/// <summary>Asks for the promise to take part in no lower ballot, and for what was accepted.</summary>
public sealed record Prepare(RegisterAddress To, Ballot Ballot) : RegisterRequest(To);
