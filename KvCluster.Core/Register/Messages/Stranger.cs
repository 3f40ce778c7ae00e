namespace KvCluster.Core.Register.Messages;

/// <summary>Refused: another cluster, lineage or voter is meant.</summary>
public sealed record Stranger(int Lineage) : RegisterAnswer;
