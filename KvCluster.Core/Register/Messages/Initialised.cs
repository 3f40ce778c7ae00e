namespace KvCluster.Core.Register.Messages;

/// <summary>The voter has the generation, from this request or from before.</summary>
public sealed record Initialised : RegisterAnswer;
