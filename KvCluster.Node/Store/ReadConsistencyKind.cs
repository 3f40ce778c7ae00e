namespace KvCluster.Node.Store;

public enum ReadConsistencyKind
{
    /// <summary>Served by the main under its lease.</summary>
    Linearizable,

    /// <summary>Whatever this server has applied.</summary>
    Replica,

    /// <summary>Whatever this server has applied, if that is provably fresh enough.</summary>
    Bounded,
}
