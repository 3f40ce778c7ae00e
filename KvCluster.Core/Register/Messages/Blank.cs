namespace KvCluster.Core.Register.Messages;

/// <summary>Refused: this voter knows nothing of the generation.</summary>
public sealed record Blank : RegisterAnswer;
