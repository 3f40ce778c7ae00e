namespace KvCluster.Cli.Commands;

/// <summary>The user has to write something else. The message is for people and stands alone.</summary>
internal sealed class UsageException(string message) : Exception(message);
