namespace KvCluster.Client;

/// <summary>A node of a fixed list. The slots are dealt out evenly in the order of the list.</summary>
/// <param name="Main">Where the main is.</param>
/// <param name="Replica">Where the replica is, if there is one.</param>
public sealed record KvStaticNode(Uri Main, Uri? Replica = null);
