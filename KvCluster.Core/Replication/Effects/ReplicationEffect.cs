namespace KvCluster.Core.Replication.Effects;

/// <summary>Something the shell has to do, in the order given.</summary>
public abstract record ReplicationEffect;
