namespace KvCluster.Node.Resp;

/// <summary>How CLUSTER NODES sees a server.</summary>
internal enum ServerHealth
{
    /// <summary>It holds everything that was acknowledged.</summary>
    Well,

    /// <summary>The other server of this one's node; it speaks, and is sent what it missed.</summary>
    Behind,

    /// <summary>Of another node and out of its in-sync set: dead, or catching up.</summary>
    Doubtful,

    /// <summary>The other server of this one's node, silent, and out of the in-sync set or about to be replaced; or this one, whose storage failed.</summary>
    Dead,
}
