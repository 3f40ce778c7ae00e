namespace KvCluster.Core.Register.Messages;

/// <summary>Asks a server to be ready to vote in the addressed generation if the closing value of this ballot is decided.</summary>
public sealed record MakeReady(RegisterAddress To, Ballot Ballot) : RegisterRequest(To);
