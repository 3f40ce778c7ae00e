namespace KvCluster.Hosting.Machine;

/// <summary>This machine does not let the cluster start; the message tells the user what to do about it.</summary>
internal sealed class StartException(string message) : Exception(message);
