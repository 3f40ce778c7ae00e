namespace KvCluster.Core.Replication.Inputs;

/// <summary>Something that happened outside: the only way into the core.</summary>
public abstract record ReplicationInput;
