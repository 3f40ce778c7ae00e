namespace KvCluster.Core.Commands;

/// <summary>Removes a key.</summary>
public sealed record DeleteCommand : Command;
