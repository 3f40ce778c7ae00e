namespace KvCluster.Core.Register.Messages;

/// <summary>Refused: no correct proposer sends this.</summary>
public sealed record Malformed : RegisterAnswer;
