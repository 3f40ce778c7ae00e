namespace KvCluster.Node.Control;

/// <summary>The cluster will not take this server, however often it asks.</summary>
public sealed class RegistrationRefusedException(string message) : Exception(message);
