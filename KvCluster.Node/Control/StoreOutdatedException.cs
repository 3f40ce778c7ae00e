namespace KvCluster.Node.Control;

/// <summary>The cluster has seen a later state of this server's store than the one in its data folder.</summary>
/// <param name="hasPeer">Another server in sync has everything; else this was the only copy.</param>
internal sealed class StoreOutdatedException(string message, bool hasPeer) : Exception(message)
{
    public bool HasPeer => hasPeer;
}
