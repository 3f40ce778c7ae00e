namespace KvCluster.Client;

/// <summary>The forms of <see cref="KvConsistency"/>.</summary>
public enum KvConsistencyKind
{
    PreferMain,
    Linearizable,
    Replica,
    Bounded,
}
