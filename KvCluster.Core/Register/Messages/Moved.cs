namespace KvCluster.Core.Register.Messages;

/// <summary>Refused: the generation is over.</summary>
public sealed record Moved(VoterPointer MovedTo) : RegisterAnswer;
