namespace KvCluster.Core.Register.Messages;

/// <summary>Done; there is nothing to tell.</summary>
public sealed record Noted : RegisterAnswer;
