namespace KvCluster.Core.Register.Messages;

/// <summary>This voter cannot give its word now.</summary>
public sealed record NotReady : RegisterAnswer;
