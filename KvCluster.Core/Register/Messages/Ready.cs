namespace KvCluster.Core.Register.Messages;

/// <summary>The word to vote in the next generation.</summary>
public sealed record Ready(Ballot Ballot) : RegisterAnswer;
