namespace KvCluster.Core.Register.Messages;

/// <summary>The vote for this ballot.</summary>
public sealed record Voted(Ballot Ballot) : RegisterAnswer;
