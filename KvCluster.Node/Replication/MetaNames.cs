namespace KvCluster.Node.Replication;

/// <summary>Names of the facts that replication keeps in the storage's meta column.</summary>
internal static class MetaNames
{
    public const string Lineage = "lineage";
}
