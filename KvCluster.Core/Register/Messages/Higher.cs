namespace KvCluster.Core.Register.Messages;

/// <summary>Refused: this ballot was promised to somebody.</summary>
public sealed record Higher(Ballot Ballot) : RegisterAnswer;
